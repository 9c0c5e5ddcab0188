import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { RuntimeDefinition } from '../../src/execution/runtime.ts';

/** A runtime made up for a test, in a folder of its own. */
export class RuntimeFolder implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'runtime-folder-'));
  readonly servers = join(this.root, 'servers');
  readonly definition: RuntimeDefinition;

  constructor(runtime = 'fake', version = '1') {
    const directory = join(this.root, `${runtime}${version}`);
    mkdirSync(directory);
    this.definition = {
      runtime,
      version,
      image: `lambdock-test/${runtime}:${version}`,
      runCommand: 'fetch-code %s ./handler.txt',
      codeFile: 'handler.txt',
      entries: ['handler.txt'],
      defaultCode: '',
      directory,
      process: { toolchain: { tool: 'cat', install: {} }, command: ['cat'], prepare: 'none' },
      container: { agent: ['cat'], readOnly: true },
    };
    this.write('Dockerfile', 'ARG BASE_IMAGE=fake-base:1\nFROM ${BASE_IMAGE}\nCOPY main.txt /\n');
    this.write('main.txt', 'one');
  }

  write(path: string, content: string, mode = 0o644): this {
    return this.#write(this.definition.directory, path, content, mode);
  }

  /** What Node's bundler would have put into `dist/runtimes`. */
  writeBuilt(path: string, content: string): this {
    return this.#write(join(this.servers, basename(this.definition.directory)), path, content, 0o644);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #write(folder: string, path: string, content: string, mode: number): this {
    const file = join(folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
    return this;
  }
}
