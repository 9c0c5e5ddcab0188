import type { ToolSite } from '../run-tool.ts';
import { runToolContainer } from '../run-tool.ts';
import type { LocalImage } from './lambda-images.ts';

const NEVER = new AbortController().signal;

/** Which interpreters images have that bring no runtime of AWS's. */
export class Interpreters {
  readonly #site: ToolSite;
  readonly #known = new Map<string, Promise<string | undefined>>();

  constructor(site: ToolSite) {
    this.#site = site;
  }

  /** The version, as `20.19.2`; undefined where the image does not have the program. Rejects where nothing can be started. */
  version(image: LocalImage, program: 'node' | 'python3'): Promise<string | undefined> {
    const key = `${image.id} ${program}`;
    const known = this.#known.get(key);
    if (known) return known;
    const asking = this.#ask(image, program);
    this.#known.set(key, asking);
    asking.catch(() => this.#known.delete(key));
    return asking;
  }

  async #ask(image: LocalImage, program: string): Promise<string | undefined> {
    const { lines } = await runToolContainer(this.#site, {
      image: image.id,
      command: ['/bin/sh', '-c', `${program} --version 2>/dev/null`],
      env: {},
      mounts: [],
      writable: [],
      signal: NEVER,
      onLine: () => {},
    });
    return /\d+(\.\d+)+/.exec(lines.join('\n'))?.[0];
  }
}
