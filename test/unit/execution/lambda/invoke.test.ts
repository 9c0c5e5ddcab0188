import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestHost, value } from './support.ts';

let test: TestHost;
beforeAll(async () => {
  test = await TestHost.start();
});
afterAll(() => test[Symbol.asyncDispose]());

const SHELL = `#!/bin/sh
while true; do
  HEADERS=$(mktemp)
  EVENT=$(curl -sS -D "$HEADERS" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
  ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  echo "handling $ID"
  curl -sS -X POST "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$ID/response" -d "{\\"got\\":$EVENT}"
done
`;

describe('a bootstrap of provided.al2023', () => {
  it('is started, gets the event and answers it', async () => {
    const fn = test.fn({ bootstrap: { content: SHELL, mode: 0o755 } });
    const outcome = await test.invoke(fn, { hello: 'world' });
    expect(value(outcome)).toEqual({ got: { hello: 'world' } });
    expect(outcome.functionError).toBeUndefined();
    await test.idle();
    const again = await test.invoke(fn, 2, { requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd' });
    expect(value(again)).toEqual({ got: 2 });
    expect(Buffer.from(again.logTail).toString()).toMatch(
      /^START RequestId: 8476a536-\S+ Version: \$LATEST\nhandling 8476a536-\S+\nEND RequestId: 8476a536-\S+\nREPORT RequestId: 8476a536-\S+\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\t\n$/,
    );
    await test.idle();
    expect(test.host.state()).toMatchObject({ environments: 1, busy: 0 });
  });
});
