/** A promise with its ends out. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** For Node versions that lack `Promise.withResolvers`. A rejection that nobody awaits is no unhandled one. */
export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Whoever awaits it sees the rejection; nobody has to.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
