import { describe, expect, it } from 'vitest';
import type { RuntimeDocument } from '../../../src/console/app/api/types.ts';
import {
  afterCreation,
  chosenRuntime,
  codeFor,
  EMPTY,
  hasContent,
  isAddDraft,
  withCode,
} from '../../../src/console/app/pages/add/add-draft.ts';

const [go, node, python] = [
  runtime('golang', '1.22', 'package main'),
  runtime('node', '20', 'export default 1'),
  runtime('python', '3.12', 'pass'),
] as const;
const ALL = [go, node, python];

describe('the draft of a new function', () => {
  it('begins with the proposed runtime and its default code', () => {
    const chosen = chosenRuntime(EMPTY, ALL, { runtime: 'node', version: '20' });
    expect(chosen).toBe(node);
    expect(codeFor(EMPTY, node)).toBe('export default 1');
    expect(hasContent(EMPTY)).toBe(false);
  });

  it('has code of its own for each runtime', () => {
    const draft = withCode(withCode(EMPTY, node, 'mine'), python, 'mine, too');
    expect(codeFor(draft, node)).toBe('mine');
    expect(codeFor(draft, python)).toBe('mine, too');
    expect(codeFor(draft, go)).toBe('package main');
    expect(hasContent(draft)).toBe(true);
  });

  it('is empty again when the default code is typed back', () => {
    expect(hasContent(withCode(withCode(EMPTY, node, 'mine'), node, 'export default 1'))).toBe(false);
    expect(hasContent({ ...EMPTY, title: ' ' })).toBe(false);
  });

  it('keeps what was typed for other runtimes when a function was made of one', () => {
    const draft = { ...withCode(withCode(EMPTY, node, 'mine'), python, 'mine, too'), title: 'made' };
    const rest = afterCreation(draft, node);
    expect(rest.title).toBe('');
    expect(codeFor(rest, node)).toBe('export default 1');
    expect(codeFor(rest, python)).toBe('mine, too');
  });

  it('goes on with the first runtime when the one it was for is no longer there', () => {
    expect(chosenRuntime({ ...EMPTY, runtime: 'node 18' }, [go, python], undefined)).toBe(go);
    expect(chosenRuntime({ ...EMPTY, runtime: 'python 3.12' }, ALL, node)).toBe(python);
    expect(chosenRuntime(EMPTY, [], undefined)).toBeUndefined();
  });

  it('is only read when it has its form', () => {
    expect(isAddDraft({ title: 'a', codes: { 'node 20': 'x' } })).toBe(true);
    for (const value of [
      null,
      {},
      { title: 1, codes: {} },
      { title: '', codes: null },
      { title: '', codes: [1] },
    ])
      expect(isAddDraft(value)).toBe(false);
  });
});

function runtime(name: string, version: string, default_code: string): RuntimeDocument {
  const dates = { reg_date: '', update_date: '', disabled: false };
  return { runtime: name, version, default_code, image: '', run_command: '', ...dates };
}
