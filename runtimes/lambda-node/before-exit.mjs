/**
 * What happens when the event loop has nothing left to do. There is one such thing at a time; the symbol is AWS's, so that
 * libraries that replace it find it.
 */
const LISTENER = Symbol.for('aws.lambda.beforeExit');
const nothing = () => {};

export const whenIdle = {
  install() {
    this.reset();
    process.on('beforeExit', () => globalThis[LISTENER]());
  },
  set(listener) {
    globalThis[LISTENER] = listener;
  },
  reset() {
    globalThis[LISTENER] = nothing;
  },
};
