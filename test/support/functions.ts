import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that a test writes code into; removed with it. */
export function sourceFolder(
  files: Record<string, string>,
): { path: string; file(name: string): string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'lambdock-source-'));
  chmodSync(path, 0o755); // as a user's folders are: functions in containers read them without root's rights
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface LinkedFunction {
  id: string;
  title: string;
  runtime: string;
  version: string;
  /** Absolute URL. */
  endpoint: string;
}

/** Links a file or folder as `lambdock dev` does. */
export async function link(url: string, path: string, options: object = {}): Promise<LinkedFunction> {
  const response = await fetch(`${url}/_lambdock/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path, ...options }),
  });
  if (response.status !== 200) throw new Error(`link answered ${response.status}: ${await response.text()}`);
  const linked = (await response.json()) as LinkedFunction;
  return { ...linked, endpoint: new URL(linked.endpoint, url).href };
}

/** A Node handler that answers with a text. */
export function answering(text: string): string {
  return `export default (req, res) => res.end(${JSON.stringify(text)});\n`;
}

/** Status and text of a GET. */
export async function get(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}
