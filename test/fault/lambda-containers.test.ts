import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TestLambda } from '../support/aws/lambda-client.ts';
import { eventually } from '../support/daemon.ts';
import { containersOf, docker, labelled, labelOf } from '../support/docker.ts';
import { IN_CONTAINERS, startLambdaDaemon } from '../support/lambda-backend.ts';
import { SocketRelay } from '../support/socket-relay.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-fault-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

const CODE = {
  'index.js':
    'exports.handler = ({ wait = 0 }) => { console.log("begun"); return new Promise((resolve) => setTimeout(() => resolve("answered"), wait)); };',
};
const LAMBDA = 'label=io.lambdock.role=lambda';

describe.runIf(IN_CONTAINERS)('containers of environments', () => {
  test('that are killed or removed within an invocation are an error for its caller, and replaced', async () => {
    await using daemon = await startLambdaDaemon();
    const lambda = new TestLambda(daemon);
    const label = await labelOf(daemon);
    const name = await lambda.create(CODE, { Timeout: 120 });
    let begun = 0;
    for (const end of [['kill'], ['rm', '--force']]) {
      expect((await lambda.invoke(name)).value).toBe('answered');
      const waiting = lambda.invoke(name, { wait: 60_000 });
      begun += 2;
      await eventually(async () => (await lambda.logged(name, 'begun')) === begun);
      const [container] = await containersOf(label, LAMBDA);
      await docker(...end, container!);
      expect(await waiting).toMatchObject({
        error: 'Unhandled',
        value: {
          errorType: 'Runtime.ExitError',
          errorMessage: expect.stringMatching(/Error: Runtime exited with error: signal: killed$/),
        },
      });
    }
    expect((await lambda.invoke(name)).value).toBe('answered');
  });

  test('go on while Docker is away; new ones are a clear error, and come when it is back', async () => {
    const relay = await SocketRelay.open('/var/run/docker.sock');
    await using daemon = await startLambdaDaemon({ env: { DOCKER_HOST: `unix://${relay.path}` } });
    const lambda = new TestLambda(daemon);
    const warm = await lambda.create(CODE);
    const cold = await lambda.create(CODE);
    expect((await lambda.invoke(warm)).value).toBe('answered');
    await relay.cut();
    expect((await lambda.invoke(warm)).value).toBe('answered');
    await expect(lambda.invoke(cold)).rejects.toMatchObject({
      name: 'ServiceException',
      message: expect.stringMatching(/^Docker does not answer \(E\w+\)/),
    });
    await relay.mend();
    expect((await lambda.invoke(cold)).value).toBe('answered');
    expect((await lambda.invoke(warm)).value).toBe('answered');
    await daemon.stop();
    await relay.cut();
  });

  test('go when they were idle for long enough', async () => {
    await using daemon = await startLambdaDaemon({ args: ['--idle-timeout', '1s'] });
    const lambda = new TestLambda(daemon);
    const label = await labelOf(daemon);
    const waiting = lambda.invoke(await lambda.create(CODE), { wait: 3_000 });
    await eventually(async () => (await containersOf(label, LAMBDA)).length === 1);
    await waiting;
    await eventually(async () => (await containersOf(label, LAMBDA)).length === 0);
  });

  test('that a killed daemon left are removed by the next one, which leaves nothing when it stops', async () => {
    const first = await startLambdaDaemon({ dataDir });
    const lambda = new TestLambda(first);
    const label = await labelOf(first);
    const name = await lambda.create(CODE);
    await lambda.invoke(name);
    const left = await containersOf(label, LAMBDA);
    await first.kill();
    expect(left).toHaveLength(1);
    const second = await startLambdaDaemon({ dataDir });
    await eventually(async () => (await containersOf(label, LAMBDA)).length === 0);
    expect((await new TestLambda(second).invoke(name)).value).toBe('answered');
    await second.stop();
    expect((await labelled(label)).filter((one) => !one.startsWith('volume lambdock-'))).toEqual([]);
  });
});
