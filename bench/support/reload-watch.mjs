import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';

const RELOAD_TIMEOUT = 30_000;

/**
 * Asks one URL again and again over one connection, from `start` to `stop`, as a page that reloads without end would,
 * and tells how long a saved change takes to be in an answer.
 */
export class ReloadWatch {
  /** Answers other than 200 and broken connections, each with what was seen and when after the last save. */
  failures = /** @type {string[]} */ ([]);
  /** Answers to requests that were sent after the save and still had the old content. */
  stale = 0;
  #client;
  #path;
  /** @type {{ text: string, since: number, seen: (ms: number) => void } | undefined} */
  #awaited;
  #savedAt = 0;
  #running = true;
  #loop;

  /** @param {string} url */
  constructor(url) {
    const { origin, pathname } = new URL(url);
    this.#client = new Client(origin);
    this.#path = pathname;
    this.#loop = this.#ask();
  }

  /**
   * @param {string} text what the new code answers
   * @param {() => void} save
   * @returns {Promise<number>} ms from just before the save to the first answer with the text
   */
  async reloadTime(text, save) {
    const late = new AbortController();
    const timeout = sleep(RELOAD_TIMEOUT, undefined, { signal: late.signal }).then(
      () => {
        throw new Error(`"${text}" was not answered within ${RELOAD_TIMEOUT / 1000} s`);
      },
      () => 0,
    );
    /** @type {Promise<number>} */
    const seen = new Promise((resolve) => {
      this.#awaited = { text, since: performance.now(), seen: resolve };
    });
    this.#savedAt = performance.now();
    save();
    try {
      return await Promise.race([seen, timeout]);
    } finally {
      late.abort();
    }
  }

  async stop() {
    this.#running = false;
    await this.#loop;
    await this.#client.close();
  }

  async #ask() {
    while (this.#running) {
      const sentAt = performance.now();
      const text = await this.#answer();
      const awaited = this.#awaited;
      if (!awaited || text === undefined) continue;
      if (text === awaited.text) {
        this.#awaited = undefined;
        awaited.seen(performance.now() - awaited.since);
      } else if (sentAt > awaited.since) {
        this.stale++;
      }
    }
  }

  async #answer() {
    try {
      const { statusCode, body } = await this.#client.request({ method: 'GET', path: this.#path });
      const text = await body.text();
      if (statusCode === 200) return text;
      this.#fail(`${statusCode} ${text.slice(0, 300)}`);
    } catch (error) {
      this.#fail(String(error));
    }
    return undefined;
  }

  /** @param {string} what */
  #fail(what) {
    this.failures.push(`${Math.round(performance.now() - this.#savedAt)} ms after a save: ${what}`);
  }
}
