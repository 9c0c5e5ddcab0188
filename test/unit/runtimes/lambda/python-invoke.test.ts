import { describe, expect, it } from 'vitest';
import { pythonRuntime, pythons } from './python.ts';

describe.each(pythons)('a handler in Python $version', (python) => {
  it('answers events, one after the other, over one connection', async () => {
    await using runtime = await pythonRuntime(
      'def handler(event, context):\n    return {"got": event["n"], "ü": "ß"}\n',
      { python },
    );
    const escaped = Number(python.version.split('.')[1]) < 12;
    expect((await runtime.api.invoke({ n: 1 })).text).toBe(
      escaped ? '{"got": 1, "\\u00fc": "\\u00df"}' : '{"got": 1, "ü": "ß"}',
    );
    expect(await runtime.result({ n: 2 })).toEqual({ got: 2, ü: 'ß' });
    expect(runtime.api.connections).toBe(1);
  });

  it('fails with message, type and stack of its error', async () => {
    await using runtime = await pythonRuntime(
      'def handler(event, context):\n    help()\n\n\ndef help():\n    raise ValueError("no good")\n',
      { python },
    );
    const told = await runtime.api.invoke({});
    expect(told.kind).toBe('error');
    expect(JSON.parse(told.text)).toEqual({
      errorMessage: 'no good',
      errorType: 'ValueError',
      requestId: told.requestId,
      stackTrace: [
        '  File "/var/task/app.py", line 2, in handler\n    help()\n',
        '  File "/var/task/app.py", line 6, in help\n    raise ValueError("no good")\n',
      ],
    });
    expect(await runtime.output()).toBe(
      '[ERROR] ValueError: no good\rTraceback (most recent call last):\r' +
        '\u00a0\u00a0File "/var/task/app.py", line 2, in handler\r\u00a0\u00a0\u00a0\u00a0help()\r' +
        '\u00a0\u00a0File "/var/task/app.py", line 6, in help\r\u00a0\u00a0\u00a0\u00a0raise ValueError("no good")\n',
    );
  });

  it('tells why its module can not be imported, and ends', async () => {
    await using runtime = await pythonRuntime('import nowhere\n', { python });
    const told = await runtime.api.told();
    expect(told.kind).toBe('init/error');
    expect(told.headers['lambda-runtime-function-error-type']).toBe('Runtime.ImportModuleError');
    expect(JSON.parse(told.text)).toEqual({
      errorMessage: "Unable to import module 'app': No module named 'nowhere'",
      errorType: 'Runtime.ImportModuleError',
      requestId: '',
      stackTrace: [],
    });
    expect(await runtime.exit()).toBe(1);
  });
});
