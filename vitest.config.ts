import { defineConfig } from 'vitest/config';
import { PATIENCE } from './test/support/patience.ts';

/**
 * One project a kind of test; unit tests touch no daemon, the others run the built product. Limits are there to end what hangs:
 * they are far above what a test takes on a slow machine, and above `PATIENCE`, which says what it waited for.
 */
const project = (name: string, timeout: number, parallel = true) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    expect: { poll: { timeout: PATIENCE, interval: 20 } },
    ...(parallel ? {} : { fileParallelism: false }),
  },
});

/** The contract on one of the product's back ends; where that can't be tried, the project is left out. */
const contract = (backend: string, usable: boolean) =>
  usable
    ? [
        {
          test: {
            ...project('contract', 180_000, false).test,
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
    ...project('lambda-docker', 300_000, false).test,
    include: [
      'test/scenario/aws-lambda-execution.test.ts',
      'test/scenario/aws-lambda-programs.test.ts',
      'test/scenario/aws-lambda-images.test.ts',
      'test/fault/lambda-containers.test.ts',
    ],
    env: { LAMBDA_BACKEND: 'docker' },
  },
};

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      project('unit', 120_000),
      project('contract', 180_000, false),
      ...contract('docker-embedded', docker),
      ...contract('docker-minio', docker && minio),
      project('scenario', 300_000, false),
      ...(docker ? [lambdaInContainers] : []),
      ...(LAMBDOCK_TEST_CHROMIUM ? [project('browser', 180_000, false)] : []),
      project('fault', 300_000, false),
    ],
  },
});
