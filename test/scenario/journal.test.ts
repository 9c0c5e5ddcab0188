import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { createFunction, startDaemon } from '../support/daemon.ts';
import { answering, get, sourceFolder } from '../support/functions.ts';

/** Reads entries from the stream until `enough`. */
async function follow(url: string, enough: (entries: JournalEntry[]) => boolean): Promise<JournalEntry[]> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  const entries: JournalEntry[] = [];
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith('data: ')) entries.push(JSON.parse(line.slice(6)));
    if (enough(entries)) break;
  }
  abort.abort();
  return entries;
}

test('the journal tells what happened from a given entry on, also across a restart', async () => {
  using folder = sourceFolder({});
  const dataDir = folder.path;
  const daemon = await startDaemon({ dataDir });
  const id = await createFunction(daemon.url, { code: answering('x') });
  await get(`${daemon.url}/endpoint/${id}`);
  const feed = `${daemon.url}/_lambdock/journal`;
  const entries = await follow(feed, (all) => all.some(({ type }) => type === 'invocation'));
  expect(entries.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['daemon.started', 'function.created', 'reload.finished', 'invocation']),
  );
  expect(entries.map(({ seq }) => seq)).toEqual([...entries.map(({ seq }) => seq)].sort((a, b) => a - b));
  const created = entries.find(({ type }) => type === 'function.created')!;
  const later = await follow(`${feed}?since=${created.seq}`, (all) => all.length >= 2);
  expect(later.every(({ seq }) => seq > created.seq)).toBe(true);

  const without = await follow(`${feed}?except=invocation,daemon.started`, (all) => all.length >= 2);
  expect(without.map(({ type }) => type)).not.toContain('invocation');
  const only = await follow(`${feed}?types=invocation`, (all) => all.length >= 1);
  expect(only).toMatchObject([{ type: 'invocation', id, method: 'GET', path: '/', status: 200 }]);

  await daemon.stop();
  await using next = await startDaemon({ dataDir });
  const again = await follow(`${next.url}/_lambdock/journal?since=${created.seq - 1}`, (all) =>
    all.some(({ type }) => type === 'daemon.started'),
  );
  expect(again[0]).toEqual(created);
  expect(again.at(-1)!.seq).toBeGreaterThan(entries.at(-1)!.seq);
});
