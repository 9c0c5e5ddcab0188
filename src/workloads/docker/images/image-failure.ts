import { stripVTControlCharacters } from 'node:util';
import { SourceFailure } from '../../../execution/source.ts';
import { WITHOUT_DOCKER } from '../engine/engine-unavailable.ts';

const LONGEST = 300;

/** A runtime's image can't be had. */
export class ImageFailure extends SourceFailure {
  /** What is wrong, without what helps. */
  readonly problem: string;
  readonly ways: readonly string[];

  /** `problem` is one line, as each of what helps; `output` is what the tool that failed wrote last. */
  constructor(problem: string, ways: readonly string[], output: readonly string[] = []) {
    const help = ways.length === 0 ? '' : `. What helps: ${ways.join('; or ')}`;
    super({
      kind: 'setup',
      message: `${problem}${help}`,
      ...(output.length > 0 && { stack: output.join('\n') }),
    });
    this.name = 'ImageFailure';
    this.problem = problem;
    this.ways = ways;
  }
}

/** A base image that could not be fetched. `runtime` is for people: `node 20`. */
export function pullFailure(runtime: string, base: string, said: string): ImageFailure {
  const language = runtime.split(' ')[0]!;
  return new ImageFailure(`The ${runtime} image needs ${base}, which can't be pulled: ${pullReason(said)}`, [
    `name a base image that is here: --base-images ${language}=<image>`,
    WITHOUT_DOCKER,
  ]);
}

/** A step of a Dockerfile that failed. `output` holds what it wrote, the newest last. */
export function buildFailure(
  runtime: string,
  step: string | undefined,
  said: string,
  output: readonly string[],
): ImageFailure {
  const lines = output.map((line) => stripVTControlCharacters(line).trimEnd()).filter((line) => line !== '');
  const verdict = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1);
  const why = verdict === undefined ? oneLine(said) : `${oneLine(verdict)} (${oneLine(said)})`;
  const where = step === undefined ? '' : ` at "${oneLine(step, 120)}"`;
  return new ImageFailure(`Building the ${runtime} image failed${where}: ${why}`, [], lines.slice(-40));
}

/** No room for images; `rootFolder` is where the engine keeps them. */
export function diskFailure(runtime: string, rootFolder: string | undefined): ImageFailure {
  const disk = rootFolder === undefined ? "Docker's disk" : `Docker's disk (${rootFolder})`;
  return new ImageFailure(`${disk} is full: the ${runtime} image does not fit`, [
    'remove images that lambdock no longer needs: lambdock images prune',
    'see what takes the space: docker system df',
  ]);
}

export function isDiskFull(said: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(said);
}

/** What the engine says of a registry, in the words of who wanted an image. */
export function pullReason(said: string): string {
  if (/toomanyrequests|rate limit/i.test(said))
    return 'the registry allows no more pulls for now; "docker login" raises its limit';
  if (
    /no such host|server misbehaving|name resolution|dial tcp|i\/o timeout|Client\.Timeout|no route|refused/i.test(
      said,
    )
  )
    return `its registry can't be reached (${oneLine(said)})`;
  if (/manifest unknown|manifest for .* not found|not found: manifest/i.test(said))
    return 'its registry has no such version';
  if (/pull access denied|denied|unauthorized|authentication required/i.test(said))
    return 'its registry does not have it, or wants "docker login" first';
  return oneLine(said);
}

export function oneLine(text: string, longest = LONGEST): string {
  const line = stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
