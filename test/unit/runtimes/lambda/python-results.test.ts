import { describe, expect, it } from 'vitest';
import { pythonRuntime, pythons } from './python.ts';

const marshal = (problem: string) => ({
  errorType: 'Runtime.MarshalError',
  errorMessage: `Unable to marshal response: ${problem}`,
  stackTrace: [],
});

describe.each(pythons)('what a handler in Python $version returns', (python) => {
  const CODE = `
import collections, datetime, decimal, enum
Point = collections.namedtuple("Point", "x y")
class Color(enum.IntEnum):
    RED = 1
circle = []
circle.append(circle)
def handler(event, context):
    return eval(event)
`;

  it('is JSON as AWS writes it', async () => {
    await using runtime = await pythonRuntime(CODE, { python });
    const texts: Record<string, string> = {
      None: 'null',
      '"text"': '"text"',
      '{"a": [1, 2.0, True], 3: None}': '{"a": [1, 2.0, true], "3": null}',
      '(1, 2)': '[1, 2]',
      'decimal.Decimal("1.10")': '1.10',
      '{"d": [decimal.Decimal("1E+2"), decimal.Decimal("NaN")]}': '{"d": [1E+2, NaN]}',
      'float("inf")': 'Infinity',
      'Point(1, [Point(2, 3)])': '{"x": 1, "y": [{"x": 2, "y": 3}]}',
      '{b"k": b"v"}': '{"k": "v"}',
      '[Color.RED, 2 ** 80]': '[1, 1208925819614629174706176]',
    };
    for (const [expression, text] of Object.entries(texts)) {
      const told = await runtime.api.invoke(expression);
      expect([expression, told.text]).toEqual([expression, text]);
      expect(told.headers['content-type']).toBe('application/json');
    }
  });

  it('is sent as it is when it is bytes', async () => {
    await using runtime = await pythonRuntime(CODE, { python });
    const told = await runtime.api.invoke('b"raw"');
    expect([told.text, told.headers['content-type']]).toEqual(['raw', 'application/unknown']);
  });

  it('fails the invocation when it can not be JSON', async () => {
    await using runtime = await pythonRuntime(CODE, { python });
    const problems: Record<string, string> = {
      '{1}': 'Object of type set is not JSON serializable',
      'datetime.datetime.now()': 'Object of type datetime is not JSON serializable',
      '{(1, 2): 3}': 'keys must be str, int, float, bool or None, not tuple',
      circle: 'Circular reference detected',
      '[Point(1, circle)]': 'Circular reference detected',
      '{"a": b"\\x80"}': "'utf-8' codec can't decode byte 0x80 in position 0: invalid start byte",
    };
    for (const [expression, problem] of Object.entries(problems)) {
      const told = await runtime.api.invoke(expression);
      expect([told.kind, JSON.parse(told.text)]).toEqual([
        'error',
        { ...marshal(problem), requestId: told.requestId },
      ]);
    }
  });

  it('does not matter when it leaves', async () => {
    for (const [code, status] of [
      ['sys.exit(3)', 3],
      ['sys.exit()', 0],
      ['os._exit(7)', 7],
      ['raise KeyboardInterrupt()', 130],
    ] as const) {
      await using runtime = await pythonRuntime(
        `import os, sys\ndef handler(event, context):\n    print("last words", end="")\n    ${code}\n`,
        { python },
      );
      runtime.api.enqueue({});
      expect(await runtime.exit()).toBeOneOf(status === 130 ? ['SIGINT', 130] : [status]);
      expect(await runtime.output()).toMatch(/^last words/);
    }
  });
});

describe('the context of an invocation', () => {
  const CODE = `
import os
def handler(event, context):
    names = "aws_request_id function_name function_version invoked_function_arn memory_limit_in_mb log_group_name log_stream_name tenant_id"
    client, identity = context.client_context, context.identity
    return {
        **{name: getattr(context, name) for name in names.split()},
        "left": context.get_remaining_time_in_millis(),
        "client": client and [client.custom, client.env, client.client and client.client.app_title],
        "identity": [identity.cognito_identity_id, identity.cognito_identity_pool_id],
        "w3c": context.w3c(),
        "trace": os.environ.get("_X_AMZN_TRACE_ID"),
        "own": [name for name in os.environ if "LAMBDOCK" in name or "TELEMETRY" in name],
        "repr": repr(context),
    }
`;

  it('tells of function and invocation', async () => {
    await using runtime = await pythonRuntime(CODE, { frames: true });
    const told = await runtime.api.invoke({}, { 'Lambda-Runtime-Trace-Id': 'Root=1-2-3' });
    const { left, repr, ...context } = JSON.parse(told.text);
    expect(context).toEqual({
      aws_request_id: told.requestId,
      function_name: 'f',
      function_version: '$LATEST',
      invoked_function_arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      memory_limit_in_mb: '128',
      log_group_name: '/aws/lambda/f',
      log_stream_name: '2026/01/01/[$LATEST]0123',
      tenant_id: null,
      client: null,
      identity: [null, null],
      w3c: {},
      trace: 'Root=1-2-3',
      own: [],
    });
    expect(left).toBeGreaterThan(1000);
    expect(left).toBeLessThanOrEqual(3000);
    expect(repr).toMatch(
      /^LambdaContext\(\[aws_request_id=id-[\d.]+,log_group_name=\/aws\/lambda\/f,.*,client_context=None,identity=CognitoIdentity\(\[cognito_identity_id=None,cognito_identity_pool_id=None\]\),tenant_id=None\]\)$/,
    );
    expect((await runtime.result()).trace).toBeNull();
  });

  it('carries what a client and Cognito say', async () => {
    await using runtime = await pythonRuntime(CODE);
    const client = {
      custom: { a: 'ü' },
      env: {},
      client: { app_title: 't' },
      w3c: { traceparent: '00', x: 'y' },
    };
    const context = await runtime.result(
      {},
      {
        'Lambda-Runtime-Client-Context': Buffer.from(JSON.stringify(client)).toString('latin1'),
        'Lambda-Runtime-Cognito-Identity': '{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}',
        'Lambda-Runtime-Aws-Tenant-Id': 'tenant',
      },
    );
    expect(context).toMatchObject({
      client: [{ a: 'ü' }, {}, 't'],
      identity: ['i', 'p'],
      w3c: { traceparent: '00' },
      tenant_id: 'tenant',
    });
  });

  it('can not carry what is no JSON', async () => {
    await using runtime = await pythonRuntime(CODE);
    expect(await runtime.result({}, { 'Lambda-Runtime-Client-Context': 'nonsense' })).toMatchObject({
      errorType: 'Runtime.LambdaContextUnmarshalError',
      errorMessage: 'Unable to parse Client Context JSON: Expecting value: line 1 column 1 (char 0)',
    });
  });
});
