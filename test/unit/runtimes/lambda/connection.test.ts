import { describe, expect, it } from 'vitest';
import { nodeRuntime } from './node.ts';
import { pythonRuntime } from './python.ts';

const NODE = `exports.handler = async (event) => {
  if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  return event.size ? 'ü'.repeat(event.size) : event.text?.length;
};`;
const PYTHON = `import time
def handler(event, context):
    time.sleep(event.get("sleep", 0) / 1000)
    return "ü" * event["size"] if "size" in event else len(event.get("text", ""))
`;

describe.each([
  ['Node.js', nodeRuntime, NODE],
  ['Python', pythonRuntime, PYTHON],
] as const)('the connection of %s to the Runtime API', (_, start, code) => {
  it('carries what is large', async () => {
    await using runtime = await start(code);
    expect(await runtime.result({ size: 3_000_000 })).toBe('ü'.repeat(3_000_000));
    expect(await runtime.result({ text: 'ü'.repeat(3_000_000) })).toBe(3_000_000);
    expect(runtime.api.connections).toBe(1);
  });

  it('is made anew when the API has closed it meanwhile', async () => {
    await using runtime = await start(code, {}, 50);
    expect(await runtime.result({ sleep: 1500 })).toBeOneOf([null, 0]);
    expect(await runtime.result({ text: 'abc' })).toBe(3);
    expect(runtime.api.connections).toBeGreaterThan(1);
  });

  it('outlives an answer that the API refuses', async () => {
    await using runtime = await start(code);
    runtime.api.acknowledge = 413;
    await runtime.api.invoke({ text: 'abc' });
    expect(await runtime.result({ text: 'abcd' })).toBe(4);
    expect(await runtime.output()).toMatch(
      /^\[ERROR\] \[\d{13}\] LAMBDA_RUNTIME Failed to post handler success response\. Http response code: 413\.\n/,
    );
  });

  it('ends the process quietly when the API is gone', async () => {
    await using runtime = await start(code);
    await runtime.api.asked();
    await runtime.api[Symbol.asyncDispose]();
    expect(await runtime.exit()).toBe(0);
    expect(await runtime.output()).toBe('');
  });
});
