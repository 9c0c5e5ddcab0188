import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { EXIT_CODE_HELP } from '../../../src/cli/exit-codes.ts';
import { flagName, OPTION_NAMES, OPTIONS, variableName } from '../../../src/daemon/options.ts';
import { packageInfo } from '../../../src/package-info.ts';

/** A page without the padding that aligns its tables. */
const read = (path: string) =>
  readFileSync(join(packageInfo().root, path), 'utf8').replace(/ +\|/g, ' |').replace(/\| +/g, '| ');

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md');

  it.each(OPTION_NAMES)('describes %s as the table of options does', (name) => {
    const { value, summary, fallback, fallbackText } = OPTIONS[name];
    const flag =
      fallback === true ? `--no-${flagName(name).slice(2)}` : `${flagName(name)}${value ? ` ${value}` : ''}`;
    const row = `| \`${name}\` | \`${flag}\` | \`${variableName(name)}\` | ${summary} | ${fallbackText} |`;
    expect(page).toContain(row);
  });
});

describe('docs/cli.md', () => {
  const page = read('docs/cli.md');

  it.each(COMMANDS.map(({ name }) => name))('has a section about %s', (name) => {
    expect(page).toMatch(new RegExp(`^## .*\\b${name}\\b`, 'm'));
  });

  it.each(EXIT_CODE_HELP)('explains exit code %i', (code) => {
    expect(page).toContain(`\n| ${code} | `);
  });
});
