import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipOf } from './zip.ts';

/** A folder for what command lines take as files, removed when disposed of. */
export class ClientFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'lambdock-aws-clients-'));
  #names = 0;

  /** The path of a new zip file with these files. */
  zip(files: Readonly<Record<string, string | Uint8Array>>): string {
    return this.file(zipOf(files), '.zip');
  }

  /** The path of a new file; without content, of one that a client is going to write. */
  file(content?: string | Uint8Array, suffix = '.json'): string {
    const path = join(this.path, `${this.#names++}${suffix}`);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
