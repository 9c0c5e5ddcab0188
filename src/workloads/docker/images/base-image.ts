/** The argument of a runtime's Dockerfile that names what it builds on. */
export const BASE_ARGUMENT = 'BASE_IMAGE';

/** Docker's name for the empty image, which is never pulled. */
export const NOTHING = 'scratch';

/**
 * What a runtime's image is built on: what `--base-images` says for this runtime (`node=my-node:20`), else what it says for
 * all (`my-base`), else the Dockerfile's default.
 */
export function baseImage(runtime: string, dockerfile: string, choices: readonly string[]): string {
  const own = choices.findLast((choice) => choice.startsWith(`${runtime}=`))?.slice(runtime.length + 1);
  const forAll = choices.findLast((choice) => !choice.includes('='));
  return own ?? forAll ?? defaultBase(dockerfile);
}

function defaultBase(dockerfile: string): string {
  const argument = new RegExp(`^\\s*ARG\\s+${BASE_ARGUMENT}=["']?([^\\s"']+)`, 'im').exec(dockerfile)?.[1];
  return argument ?? /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)/im.exec(dockerfile)?.[1] ?? NOTHING;
}

/** The reference with a tag: without one an engine pulls every version there is. */
export function withTag(reference: string): string {
  if (reference === NOTHING) return reference;
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return name.includes(':') || name.includes('@') ? reference : `${reference}:latest`;
}
