import { describe, expect, it } from 'vitest';
import { headerProblem } from '../../../src/console/app/http/header-rules.ts';
import {
  type Draft,
  FIRST_DRAFT,
  pathOf,
  pathProblem,
  sendable,
  toRequest,
} from '../../../src/console/app/pages/info/try/draft.ts';
import { readHistory, remember } from '../../../src/console/app/pages/info/try/history.ts';

const ID = '65f1d7c2a1b2c3d4e5f60718';
const ENDPOINT = `/endpoint/${ID}`;
const ORIGIN = 'http://127.0.0.1:4566';
const draft = (changes: Partial<Draft> = {}): Draft => ({ ...FIRST_DRAFT, ...changes });

describe('the address of a request', () => {
  it.each([
    [{ path: '/' }, ''],
    [{ path: '' }, ''],
    [{ path: 'a b' }, '/a b'],
    [{ path: '/a?x=1', query: [{ name: 'y z', value: 'ä&' }] }, '/a?x=1&y%20z=%C3%A4%26'],
    [{ query: [{ name: 'empty', value: '' }] }, '?empty='],
    [{ path: '/a#b' }, '/a%23b'],
  ])('%j', (changes, expected) => {
    expect(pathOf(draft(changes), ENDPOINT)).toBe(ENDPOINT + expected);
    expect(pathProblem(draft(changes), ENDPOINT, ORIGIN)).toBeUndefined();
  });

  it.each(['/../../lambda', '/%2e%2e/other', '/a/../../x'])(
    'does not lead out of the function: %s',
    (path) => {
      expect(pathProblem(draft({ path }), ENDPOINT, ORIGIN)).toBe('This path leads out of the function');
    },
  );
});

describe('the request that is sent', () => {
  it('has the content type of its body, unless a header says another', () => {
    const posted = draft({ method: 'POST', body: '{}' });
    expect(toRequest(posted, ENDPOINT, ORIGIN).headers).toEqual([['content-type', 'application/json']]);
    const own = draft({ ...posted, headers: [{ name: 'Content-Type', value: 'text/x' }] });
    expect(toRequest(own, ENDPOINT, ORIGIN).headers).toEqual([['Content-Type', 'text/x']]);
  });

  it('has no body where browsers send none', () => {
    expect(toRequest(draft({ body: 'x' }), ENDPOINT, ORIGIN)).not.toHaveProperty('body');
  });

  it('leaves out what browsers refuse, and keeps it for curl', () => {
    const headers = [
      { name: 'cookie', value: 'a=b' },
      { name: 'x-a', value: '1' },
    ];
    const request = toRequest(draft({ headers }), ENDPOINT, ORIGIN);
    expect(request.headers).toHaveLength(2);
    expect(sendable(request).headers).toEqual([['x-a', '1']]);
  });

  it.each([
    ['Host', 'x'],
    ['Sec-Fetch-Mode', 'x'],
    ['a b', 'x'],
    ['x', 'a\nb'],
    ['x', '€'],
    ['', 'value'],
  ])('says what is wrong with the header %j: %j', (name, value) => {
    expect(headerProblem(name, value)).toBeDefined();
  });
});

describe('the history of requests', () => {
  const storage = () => {
    const items = new Map<string, string>();
    return {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
    };
  };
  const sent = (path: string, more: Partial<Draft> = {}) => ({
    draft: draft({ path, ...more }),
    time: '2026-01-01T00:00:00.000Z',
    status: 200,
    durationMs: 1,
  });

  it('has the newest 20 of each function, the same one once', () => {
    const kept = storage();
    for (let index = 0; index < 30; index++) remember(ID, sent(`/${index}`), kept);
    remember(ID, sent('/25'), kept);
    const paths = readHistory(ID, kept).map((one) => one.draft.path);
    expect(paths).toHaveLength(20);
    expect(paths.slice(0, 2)).toEqual(['/25', '/29']);
    expect(readHistory('another', kept)).toEqual([]);
  });

  it('stays small, and forgets the functions that were used least recently', () => {
    const kept = storage();
    const body = 'x'.repeat(100_000);
    for (let index = 0; index < 80; index++)
      for (const path of ['/a', '/b']) remember(`fn${index}`, sent(path, { body }), kept);
    expect(kept.getItem('lambdock.try')!.length).toBeLessThan(1_100_000);
    expect(readHistory('fn79', kept)).toHaveLength(2);
    expect(readHistory('fn0', kept)).toEqual([]);
  });

  it('does not keep secrets, which pages of functions could read', () => {
    const kept = storage();
    const headers = [
      { name: 'Authorization', value: 'Bearer s3cret' },
      { name: 'accept', value: 'text/csv' },
    ];
    remember(ID, sent('/', { headers }), kept);
    expect(kept.getItem('lambdock.try')).not.toContain('s3cret');
    expect(readHistory(ID, kept)[0]!.draft.headers).toEqual([
      { name: 'Authorization', value: '' },
      headers[1],
    ]);
  });

  it('goes on where the browser has no room, or something else is stored there', () => {
    const full = {
      getItem: () => '[1, 2',
      setItem: () => {
        throw new Error('quota');
      },
    };
    expect(remember(ID, sent('/a'), full)).toHaveLength(1);
  });
});
