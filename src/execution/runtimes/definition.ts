import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeDefinition } from '../runtime.ts';

const PREPARATIONS = ['none', 'typescript', 'python-venv', 'go-build'] as const;

/** A runtime's folder can't be used; the message names the file and what is wrong in it. */
export class BadRuntimeFolder extends Error {
  override readonly name = 'BadRuntimeFolder';
}

/** All runtimes of a folder, by name, the newest version first. Throws BadRuntimeFolder. */
export function readDefinitions(folder: string): RuntimeDefinition[] {
  const definitions = folders(folder).map((name) => readDefinition(join(folder, name)));
  return definitions.sort(byRuntimeThenNewest);
}

/** Reads `<directory>/runtime.json` and the default code beside it. Throws BadRuntimeFolder. */
export function readDefinition(directory: string): RuntimeDefinition {
  const file = join(directory, 'runtime.json');
  const fields = new Fields(parse(read(file), file), file);
  const process = fields.object('process');
  const toolchain = process.object('toolchain');
  const container = fields.object('container');
  const codeFile = fields.text('codeFile');
  return {
    runtime: fields.text('runtime'),
    version: fields.text('version'),
    image: fields.text('image'),
    runCommand: fields.text('runCommand'),
    codeFile,
    entries: fields.texts('entries'),
    defaultCode: read(join(directory, codeFile)),
    directory,
    process: {
      toolchain: { tool: toolchain.text('tool'), install: toolchain.object('install').record() },
      command: process.texts('command'),
      prepare: process.oneOf('prepare', PREPARATIONS),
    },
    container: { agent: container.texts('agent'), readOnly: container.yesOrNo('readOnly') },
  };
}

function folders(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    // The runtimes of the Lambda API lie beside them; those have no servers, and nothing to say in a runtime.json.
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('lambda-'))
      .map(({ name }) => name);
  } catch (error) {
    throw new BadRuntimeFolder(`${directory} can't be read: ${(error as Error).message}`, { cause: error });
  }
}

function byRuntimeThenNewest(a: RuntimeDefinition, b: RuntimeDefinition): number {
  const byVersion = b.version.localeCompare(a.version, 'en', { numeric: true });
  return a.runtime < b.runtime ? -1 : a.runtime > b.runtime ? 1 : byVersion;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadRuntimeFolder(`${file} can't be read: ${(error as Error).message}`, { cause: error });
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRuntimeFolder(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads members of a JSON object, each with its type checked, and complains with file and path. */
class Fields {
  readonly #value: Record<string, unknown>;
  readonly #file: string;
  readonly #path: string;

  constructor(value: unknown, file: string, path = '') {
    this.#file = file;
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new BadRuntimeFolder(`${file}: ${path === '' ? 'the content' : path} must be an object`);
    this.#value = value as Record<string, unknown>;
  }

  text(name: string): string {
    const value = this.#value[name];
    return typeof value === 'string' && value !== '' ? value : this.#complain(name, 'a text');
  }

  texts(name: string): string[] {
    const value = this.#value[name];
    const good = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
    return good ? value : this.#complain(name, 'a list of texts');
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#value[name];
    return choices.find((choice) => choice === value) ?? this.#complain(name, `one of ${choices.join(', ')}`);
  }

  yesOrNo(name: string): boolean {
    const value = this.#value[name];
    return typeof value === 'boolean' ? value : this.#complain(name, 'true or false');
  }

  object(name: string): Fields {
    return new Fields(this.#value[name], this.#file, this.#qualified(name));
  }

  record(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.#value).map((name) => [name, this.text(name)]));
  }

  #complain(name: string, expected: string): never {
    throw new BadRuntimeFolder(`${this.#file}: ${this.#qualified(name)} must be ${expected}`);
  }

  #qualified(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}
