import { describe, expect, it } from 'vitest';
import type { RuntimeUnderTest } from '../../../support/lambda-runtime.ts';
import { nodeRuntime } from './node.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const TEXT = 0xa55a0003;
const JSON_FRAME = 0xa55a0002;
const levels = ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal'];
const ALL_LEVELS = `exports.handler = async () => { for (const level of ${JSON.stringify(levels)}) console[level](level); };`;

/** Invokes once, and gives what is then in the log, each line as the list of its fields. */
async function fieldsOf(runtime: RuntimeUnderTest): Promise<string[][]> {
  await runtime.api.invoke({});
  return (await runtime.output())
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

describe('the console', () => {
  it('writes time, request and level before each message', async () => {
    await using runtime = await nodeRuntime(
      `console.log('early'); exports.handler = async (e, { awsRequestId }) => {
        console.log('a %s', 'b', { c: 1 }); console.debug('two\\nlines'); console.fatal(awsRequestId);
      };`,
    );
    const [early, info, debug, fatal] = await fieldsOf(runtime);
    expect(early).toEqual([expect.stringMatching(TIME), 'undefined', 'INFO', 'early']);
    expect(info).toEqual([expect.stringMatching(TIME), fatal![1], 'INFO', 'a b { c: 1 }']);
    expect(debug!.slice(2)).toEqual(['DEBUG', 'two\rlines']);
    expect(fatal!.slice(1)).toEqual([fatal![3], 'FATAL', fatal![3]]);
  });

  it.each([
    [undefined, ['TRACE', 'DEBUG', 'INFO', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['warn', ['WARN', 'ERROR', 'FATAL']],
    ['FATAL', ['FATAL']],
  ])('leaves out what is below the level %s', async (level, expected) => {
    await using runtime = await nodeRuntime(ALL_LEVELS, {
      env: level === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: level },
    });
    expect((await fieldsOf(runtime)).map((fields) => fields[2])).toEqual(expected);
  });

  it('names files in the stacks of errors as AWS does', async () => {
    await using runtime = await nodeRuntime(
      "exports.handler = async () => { console.error('failed', new TypeError('t')); };",
    );
    await runtime.api.invoke({});
    expect(await runtime.output()).toMatch(
      /failed TypeError: t\r? +at exports.handler .*\(\/var\/task\/index.js:1:/,
    );
    expect(await runtime.output()).not.toContain(runtime.folder);
  });

  it('writes objects when the log is JSON', async () => {
    await using runtime = await nodeRuntime(
      `console.log('early'); exports.handler = async () => {
        console.log({ a: 1 });
        console.warn('many', 'parts', new RangeError('r'));
        console.error(new TypeError('t'));
        const circle = {}; circle.circle = circle; console.log(circle);
        console.log();
      };`,
      { env: { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'INFO' } },
    );
    const { requestId } = await runtime.api.invoke({});
    const [early, object, parts, error, circle, nothing] = (await runtime.output())
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const timestamp = expect.stringMatching(TIME);
    expect(early).toEqual({ timestamp, level: 'INFO', message: 'early' });
    expect(object).toEqual({ timestamp, level: 'INFO', requestId, message: { a: 1 } });
    expect(parts).toMatchObject({
      level: 'WARN',
      message: expect.stringMatching(/^many parts RangeError: r\n {4}at /),
      errorType: 'RangeError',
      errorMessage: 'r',
      stackTrace: expect.arrayContaining(['RangeError: r']),
    });
    expect(error).toMatchObject({
      level: 'ERROR',
      message: { errorType: 'TypeError', errorMessage: 't', stackTrace: expect.any(Array) },
    });
    expect(circle.message).toBe('<ref *1> { circle: [Circular *1] }');
    expect(nothing).toEqual({ timestamp, level: 'INFO', requestId });
  });

  it('writes errors of invocations as JSON', async () => {
    await using runtime = await nodeRuntime('exports.handler = async () => { throw new TypeError("t"); };', {
      env: { AWS_LAMBDA_LOG_FORMAT: 'JSON' },
    });
    await runtime.api.invoke({});
    expect(JSON.parse(await runtime.output())).toMatchObject({
      level: 'ERROR',
      message: { errorType: 'TypeError', errorMessage: 't' },
    });
  });

  it('keeps the lines of a message together in a frame', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async () => { console.warn("zwei\\nZeilen ü"); process.stdout.write("raw\\n"); };',
      { frames: true },
    );
    const { requestId } = await runtime.api.invoke({});
    const [frame, ...others] = await runtime.frames();
    expect(others).toEqual([]);
    expect(frame!.type).toBe(TEXT + 4 * 4);
    expect(frame!.message.split('\t').slice(1)).toEqual([requestId, 'WARN', 'zwei\nZeilen ü\n']);
    expect(new Date(Number(frame!.micros / 1000n)).toISOString()).toBe(frame!.message.split('\t')[0]);
    expect(await runtime.output()).toBe('raw\n');
  });

  it('tells in the frame that a message is JSON, of whatever level', async () => {
    await using runtime = await nodeRuntime(ALL_LEVELS, {
      frames: true,
      standby: true,
      env: { AWS_LAMBDA_LOG_FORMAT: 'JSON', _LAMBDA_TELEMETRY_LOG_FD: '3' },
    });
    await runtime.api.invoke({});
    const frames = await runtime.frames();
    expect(frames.map(({ type }) => type)).toEqual(
      [1, 2, 3, 3, 4, 5, 6].map((level) => JSON_FRAME + level * 4),
    );
    expect(frames.map(({ message }) => JSON.parse(message).message)).toEqual(levels);
  });

  it('takes messages larger than a pipe, before the answer is told', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async () => { for (let i = 0; i < 8; i++) console.log("x".repeat(200_000)); };',
      { frames: true },
    );
    await runtime.api.invoke({});
    expect((await runtime.frames()).map(({ message }) => message.length > 200_000)).toEqual(
      Array(8).fill(true),
    );
  });

  it('has a dash for the request in Node.js 24 while there is none', async () => {
    await using runtime = await nodeRuntime('console.log("early"); exports.handler = async () => {};', {
      env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
    });
    expect((await fieldsOf(runtime))[0]!.slice(1)).toEqual(['-', 'INFO', 'early']);
  });
});
