import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { link, serving } from './platform.mjs';
import { ReloadWatch } from './reload-watch.mjs';
import { median, percentile } from './statistics.mjs';

/** Between an answer that was seen and the next save. */
const PAUSE = 400;

/** @typedef {(file: string, content: string) => void} Save */

/** @type {Save} As most editors do. */
export const atomically = (file, content) => {
  writeFileSync(`${file}.tmp~`, content);
  renameSync(`${file}.tmp~`, file);
};
/** @type {Save} */
export const inPlace = (file, content) => writeFileSync(file, content);

/** Something that answers with other code after a change, and how long that took each time. */
export class ReloadSubject {
  /** @type {number[]} */
  times = [];
  /** @type {string[]} */
  failures = [];
  stale = 0;
  #change;
  #pause;

  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.url
   * @param {(text: string) => unknown} options.change makes the code answer with the text; may be a promise
   * @param {number} [options.pause] between an answer that was seen and the next change
   */
  constructor({ name, url, change, pause = PAUSE }) {
    this.name = name;
    this.url = url;
    this.#change = change;
    this.#pause = pause;
  }

  /**
   * @param {number} changes
   * @param {string} label
   */
  async measure(changes, label) {
    const watch = new ReloadWatch(this.url);
    try {
      for (let n = 0; n < changes; n++) {
        if (this.#pause > 0) await sleep(this.#pause);
        const text = `${this.name}, ${label}, change ${n}`;
        /** @type {unknown} */
        let changed;
        const time = watch.reloadTime(text, () => {
          changed = this.#change(text);
        });
        const [ms] = await Promise.all([time, changed]);
        this.times.push(ms);
      }
    } finally {
      await watch.stop();
    }
    this.failures.push(...watch.failures.map((failure) => `${this.name}, ${failure}`));
    this.stale += watch.stale;
  }

  /**
   * @param {number} bare
   * @returns {import('./rows.mjs').Row}
   */
  row(bare) {
    const { name, times } = this;
    const note = `fastest ${Math.min(...times).toFixed(0)}, p90 ${percentile(times, 0.9).toFixed(0)} ms`;
    return { name, value: median(times), unit: 'ms', bare, note };
  }
}

/**
 * @typedef {object} SourceFile
 * @property {string} file
 * @property {(text: string) => string} code
 */

/**
 * @param {string} folder
 * @param {string} name of a folder of its own
 * @param {{ file: string, code: (text: string) => string }} language
 * @returns {SourceFile} with code that answers "before"
 */
export function sourceFile(folder, name, language) {
  mkdirSync(join(folder, name));
  const file = join(folder, name, language.file);
  writeFileSync(file, language.code('before'));
  return { file, code: language.code };
}

/**
 * @param {string} url of the daemon
 * @param {SourceFile} source
 * @returns the URL of its function, which answers already
 */
export async function linkedUrl(url, { file }) {
  const { id } = await link(url, file);
  const endpoint = `${url}/endpoint/${id}`;
  await serving(endpoint);
  return endpoint;
}

/**
 * What changes a source file.
 * @param {SourceFile} source
 * @param {Save} [save]
 */
export function saving({ file, code }, save = atomically) {
  return (/** @type {string} */ text) => save(file, code(text));
}
