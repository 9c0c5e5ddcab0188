import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { PATIENCE } from './test/support/patience.ts';

/** Files run beside each other: their tests wait for something more than they work. Groups run one after the other. */
const BESIDE_EACH_OTHER = {
  maxWorkers: Math.max(2, availableParallelism() - 1),
  sequence: { groupOrder: 1 },
};
/** The same where each file has a daemon and functions of its own. */
const TWO_DAEMONS = { maxWorkers: 2, sequence: { groupOrder: 2 } };
/** Files share something that there is only one of, or need the machine's time for themselves. */
const ONE_BY_ONE = { fileParallelism: false };

/**
 * One project a kind of test; unit tests touch no daemon, the others run the built product. Limits are there to end what hangs:
 * they are far above what a test takes on a slow machine, and above `PATIENCE`, which says what it waited for.
 */
const project = (name: string, timeout: number, order: object) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    expect: { poll: { timeout: PATIENCE, interval: 20 } },
    ...order,
  },
});

/** The contract on one of the product's back ends; where that can't be tried, the project is left out. */
const contract = (backend: string, usable: boolean) =>
  usable
    ? [
        {
          test: {
            ...project('contract', 180_000, ONE_BY_ONE).test,
            name: `contract-${backend}`,
            env: { CONTRACT_BACKEND: backend },
          },
        },
      ]
    : [];

/** Set by scripts/test.mjs, which with CI=true goes on only when all are there. */
const { CONTRACT_URL, LAMBDOCK_TEST_DOCKER, LAMBDOCK_TEST_MINIO, LAMBDOCK_TEST_CHROMIUM } = process.env;
const docker = LAMBDOCK_TEST_DOCKER === '1' && !CONTRACT_URL;
const minio = LAMBDOCK_TEST_MINIO !== undefined && !CONTRACT_URL;

/** What Lambda's functions do, in containers; the projects `scenario` and `fault` try the same on processes. */
const lambdaInContainers = {
  test: {
    ...project('lambda-docker', 300_000, ONE_BY_ONE).test,
    include: [
      'test/scenario/aws-lambda-durable.test.ts',
      'test/scenario/aws-lambda-execution.test.ts',
      'test/scenario/aws-lambda-programs.test.ts',
      'test/scenario/aws-lambda-images.test.ts',
      'test/fault/lambda-containers.test.ts',
    ],
    env: { LAMBDA_BACKEND: 'docker' },
  },
};

/** Scenarios that use the machine's Docker engine: images are everybody's. */
const ofDocker = [
  'aws-lambda-images',
  'compose',
  'docker',
  'docker-dev',
  'docker-logs',
  'driver-choice',
  'images',
].map((name) => `test/scenario/${name}.test.ts`);
const scenarios = project('scenario', 300_000, {
  ...TWO_DAEMONS,
  exclude: [...configDefaults.exclude, ...ofDocker],
});
const scenariosOfDocker = project('scenario-docker', 300_000, { ...ONE_BY_ONE, include: ofDocker });

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      project('unit', 120_000, BESIDE_EACH_OTHER),
      project('contract', 180_000, TWO_DAEMONS),
      ...contract('docker-embedded', docker),
      ...contract('docker-minio', docker && minio),
      scenarios,
      scenariosOfDocker,
      ...(docker ? [lambdaInContainers] : []),
      ...(LAMBDOCK_TEST_CHROMIUM ? [project('browser', 180_000, ONE_BY_ONE)] : []),
      project('fault', 300_000, ONE_BY_ONE),
    ],
  },
});
