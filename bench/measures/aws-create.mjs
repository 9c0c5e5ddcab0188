import { setTimeout as sleep } from 'node:timers/promises';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { active, createLambda, helloPackage, invoke, lambdaClient } from '../support/aws.mjs';
import { atMost } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { median, percentile } from '../support/statistics.mjs';

/** A person does not create functions faster than this; what stands by is ready again by then. */
const PAUSE = 500;
const MANY = 1_000;
const AT_ONCE = 8;
const PAGE = 50;

/**
 * CreateFunction, the first Invoke after it, the first one of a second environment, and a list of many functions, all by AWS's SDK.
 * Beside the first two the start of a bare server: what it costs to get the same answer without lambdock.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function awsCreate({ cli, quick, scope }) {
  const daemon = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  const sdk = lambdaClient(daemon.url);
  scope.defer(() => sdk.destroy());
  const zip = helloPackage();
  await createAndInvoke(sdk, 'warm-up', zip);

  /** @type {{ created: number, active: number, invoked: number }[]} */
  const times = [];
  /** @type {number[]} */
  const bareTimes = [];
  for (let round = 0; round < (quick ? 4 : 12); round++) {
    const bare = await startServer(scope, 'bare.mjs');
    bareTimes.push(bare.readyMs);
    await bare.stop();
    await sleep(PAUSE);
    times.push(await createAndInvoke(sdk, `first-${round}`, zip));
  }
  const bare = median(bareTimes);
  const invoked = times.map((one) => one.invoked);

  const many = quick ? MANY / 10 : MANY;
  const creating = performance.now();
  await createMany(sdk, many, zip);
  const each = (performance.now() - creating) / many;
  const lists = [];
  for (let round = 0; round < 5; round++) lists.push(await listAll(sdk, many));

  return [
    { name: 'CreateFunction', value: median(times.map((one) => one.created)), unit: 'ms' },
    { name: 'CreateFunction → Active', value: median(times.map((one) => one.active)), unit: 'ms' },
    atMost({ name: 'first Invoke after it, median', value: median(invoked), bare, unit: 'ms' }, 100),
    {
      name: 'CreateFunction → first answer',
      value: median(times.map((one) => one.active + one.invoked)),
      bare,
      unit: 'ms',
    },
    { name: 'first Invoke after it, p90', value: percentile(invoked, 0.9), bare, unit: 'ms' },
    { name: `CreateFunction, ${AT_ONCE} at once, each`, value: each, unit: 'ms', note: `${many} functions` },
    { name: `ListFunctions, all ${many}`, value: median(lists), unit: 'ms', note: `${PAGE} a page` },
  ];
}

/**
 * @param {import('@aws-sdk/client-lambda').LambdaClient} sdk
 * @param {string} name
 * @param {Uint8Array} zip
 * @returns ms to the answer of the creation and to Active, and ms of the first invocation alone
 */
async function createAndInvoke(sdk, name, zip) {
  const start = performance.now();
  await createLambda(sdk, name, zip);
  const created = performance.now() - start;
  await active(sdk, name);
  const ready = performance.now() - start;
  await invoke(sdk, name);
  return { created, active: ready, invoked: performance.now() - start - ready };
}

/**
 * @param {import('@aws-sdk/client-lambda').LambdaClient} sdk
 * @param {number} many
 * @param {Uint8Array} zip
 */
async function createMany(sdk, many, zip) {
  let next = 0;
  const worker = async () => {
    while (next < many) await createLambda(sdk, `many-${next++}`, zip);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * @param {import('@aws-sdk/client-lambda').LambdaClient} sdk
 * @param {number} least
 * @returns ms
 */
async function listAll(sdk, least) {
  const start = performance.now();
  let found = 0;
  /** @type {string | undefined} */
  let Marker;
  do {
    const page = await sdk.send(
      new ListFunctionsCommand({ MaxItems: PAGE, ...(Marker === undefined ? {} : { Marker }) }),
    );
    found += page.Functions?.length ?? 0;
    Marker = page.NextMarker;
  } while (Marker);
  if (found < least) throw new Error(`listed ${found} functions of ${least}`);
  return performance.now() - start;
}
