import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { type Config, ConfigError, loadConfig } from '../../../src/daemon/config.ts';

/** For each test a folder of its own, in which lambdock is started with what the test says. */
export function useConfigFolder() {
  let cwd = '';
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'lambdock-config-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));
  return {
    get path() {
      return cwd;
    },
    load(input: { flags?: object; env?: Record<string, string> } = {}): Promise<Config> {
      return loadConfig({ flags: input.flags ?? {}, env: input.env ?? {}, cwd });
    },
    writeConfig(content: unknown, name = 'lambdock.config.json'): void {
      writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
    },
  };
}

/** The message with which a configuration is refused. */
export async function errorOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}
