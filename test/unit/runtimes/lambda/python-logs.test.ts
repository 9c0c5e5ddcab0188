import { describe, expect, it } from 'vitest';
import { pythonRuntime, pythons } from './python.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const TEXT = 0xa55a0003;
const JSON_FRAME = 0xa55a0002;
const LEVELS = `
import logging
def handler(event, context):
    for level in (10, 20, 30, 40, 50):
        logging.log(level, "at %d", level)
`;

describe.each(pythons)('the log of Python $version', (python) => {
  it('has level, time and request before each message', async () => {
    await using runtime = await pythonRuntime(LEVELS, { python });
    const { requestId } = await runtime.api.invoke({});
    const lines = (await runtime.output()).split('\n').slice(0, -1);
    expect(lines.map((line) => line.split('\t'))).toEqual(
      ['WARNING', 'ERROR', 'CRITICAL'].map((level, i) => [
        `[${level}]`,
        expect.stringMatching(TIME),
        requestId,
        `at ${30 + i * 10}`,
      ]),
    );
  });

  it.each([
    ['TRACE', [10, 20, 30, 40, 50]],
    ['info', [20, 30, 40, 50]],
    ['FATAL', [50]],
  ])('leaves out what is below the level %s', async (level, expected) => {
    await using runtime = await pythonRuntime(LEVELS, { python, env: { AWS_LAMBDA_LOG_LEVEL: level } });
    await runtime.api.invoke({});
    expect([...(await runtime.output()).matchAll(/at (\d+)/g)].map(([, number]) => Number(number))).toEqual(
      expected,
    );
  });

  it('names files in tracebacks as AWS does', async () => {
    await using runtime = await pythonRuntime(
      `import logging
def handler(event, context):
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("failed")
`,
      { python },
    );
    await runtime.api.invoke({});
    expect(await runtime.output()).toContain('File "/var/task/app.py", line 4, in handler');
  });

  it('is JSON when that is asked for', async () => {
    await using runtime = await pythonRuntime(
      `import logging
log = logging.getLogger("mine")
def handler(event, context):
    log.info("hällo %s", "you", extra={"order": {"id": 1}})
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
    raise KeyError("k")
`,
      {
        python,
        env: { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'INFO', LAMBDOCK_SHOWN_TASK_ROOT: '' },
      },
    );
    const { requestId } = await runtime.api.invoke({});
    const [info, failed, error] = (await runtime.output())
      .split('\n')
      .map((line) => line && JSON.parse(line));
    const timestamp = expect.stringMatching(TIME);
    expect(info).toEqual({
      timestamp,
      level: 'INFO',
      message: 'hällo you',
      logger: 'mine',
      requestId,
      order: { id: 1 },
    });
    const file = `${runtime.folder}/app.py`;
    expect(failed).toEqual({
      timestamp,
      level: 'ERROR',
      message: 'failed',
      logger: 'mine',
      requestId,
      stackTrace: [expect.stringContaining(`File "${file}", line 6, in handler\n    1 / 0\n`)],
      errorType: 'ZeroDivisionError',
      errorMessage: 'division by zero',
      location: `${file}:handler:8`,
    });
    expect(error).toMatchObject({
      timestamp,
      level: 'ERROR',
      errorMessage: "'k'",
      errorType: 'KeyError',
      requestId,
    });
  });

  it('keeps the lines of a message together in a frame', async () => {
    await using runtime = await pythonRuntime(
      `import logging
def handler(event, context):
    print("raw")
    logging.error("zwei\\nZeilen ü")
    context.log("by context")
    raise ValueError("broken")
`,
      { python, frames: true },
    );
    const { requestId } = await runtime.api.invoke({});
    const [message, context, error] = await runtime.frames();
    expect(message!.type).toBe(TEXT);
    expect(message!.message.split('\t').slice(2)).toEqual([requestId, 'zwei\nZeilen ü\n']);
    expect(context!.message).toBe('by context');
    expect(error!.type).toBe(TEXT + 5 * 4);
    expect(error!.message).toBe(
      '[ERROR] ValueError: broken\nTraceback (most recent call last):\n' +
        '\u00a0\u00a0File "/var/task/app.py", line 6, in handler\n\u00a0\u00a0\u00a0\u00a0raise ValueError("broken")',
    );
    expect(Math.abs(Number(message!.micros / 1000n) - Date.now())).toBeLessThan(20_000);
    expect(await runtime.output()).toBe('raw\n');
  });

  it('tells in the frame of which level a message is', async () => {
    for (const [env, type] of [
      [{ AWS_LAMBDA_LOG_LEVEL: 'DEBUG' }, TEXT],
      [{ AWS_LAMBDA_LOG_LEVEL: 'DEBUG', AWS_LAMBDA_LOG_FORMAT: 'JSON' }, JSON_FRAME],
    ] as const) {
      await using runtime = await pythonRuntime(LEVELS, {
        python,
        frames: true,
        standby: true,
        env: { ...env, _LAMBDA_TELEMETRY_LOG_FD: '3' },
      });
      await runtime.api.invoke({});
      expect((await runtime.frames()).map((frame) => frame.type)).toEqual(
        [2, 3, 4, 5, 6].map((level) => type + level * 4),
      );
    }
  });

  it('has what is printed at once, and tracebacks that nobody catches', async () => {
    await using runtime = await pythonRuntime(
      'import os, sys\ndef handler(event, context):\n    print("out", end="")\n    sys.stderr.write("err")\n    os.kill(os.getpid(), 9)\n',
      { python },
    );
    runtime.api.enqueue({});
    expect(await runtime.exit()).toBe('SIGKILL');
    expect([...(await runtime.output())].sort().join('')).toBe('eorrtu');
  });
});
