import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTION_NAMES, type Settings } from '../../../src/daemon/options.ts';
import { defineConfig, type LambdockConfig } from '../../../src/index.ts';
import { errorOf, useConfigFolder } from './support.ts';

const folder = useConfigFolder();
const { load, writeConfig } = folder;

describe('lambdock.config.ts', () => {
  it('is evaluated with its imports and its types', async () => {
    writeConfig('export const port: number = 1234;', 'port.ts');
    writeConfig(
      `import { defineConfig } from 'lambdock';
       import { port } from './port.ts';
       export default defineConfig({ port, holdTimeout: '5s' });`,
      'lambdock.config.ts',
    );
    expect(await load()).toMatchObject({
      port: 1234,
      holdTimeout: 5_000,
      configFile: join(folder.path, 'lambdock.config.ts'),
    });
  });

  it('reports a syntax error with line and column', async () => {
    writeConfig('export default {\n  port: ,\n};', 'lambdock.config.ts');
    expect(await errorOf(load())).toMatch(/^lambdock\.config\.ts:2:9: /);
  });

  it('reports what it throws', async () => {
    writeConfig('throw new Error("no luck");', 'lambdock.config.ts');
    expect(await errorOf(load())).toBe('lambdock.config.ts: no luck');
  });

  it('has to export something', async () => {
    writeConfig('export const port = 1;', 'lambdock.config.ts');
    expect(await errorOf(load())).toBe('lambdock.config.ts: expected a default export');
  });

  it('has a type with exactly the options there are', () => {
    const sameKeys: Record<keyof LambdockConfig, true> & Record<keyof Settings, true> = Object.fromEntries(
      OPTION_NAMES.map((name) => [name, true]),
    ) as Record<keyof Settings, true>;
    expect(defineConfig({ port: 1 })).toEqual({ port: 1 });
    expect(Object.keys(sameKeys)).toEqual(OPTION_NAMES);
  });
});
