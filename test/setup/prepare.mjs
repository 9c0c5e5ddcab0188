import { ensureAwsCli2 } from './aws-cli2.mjs';
import { ensureAwsClients } from './aws-clients.mjs';
import { ensureBaseImages } from './base-image.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureDocker } from './docker.mjs';
import { ensureDurableSdks } from './durable-sdks.mjs';
import { ensureGoClients } from './go-clients.mjs';
import { ensureMinio } from './minio.mjs';

/**
 * Prepares what tests need that run more than this process: containers, stores, clients of AWS. Resolves with the variables that tell tests of it, what is missing, and `stop`, which
 * ends what was started for them.
 */
export async function prepareContainers({ cache, say = console.log }) {
  // Go builds on one core; what is installed and pulled meanwhile leaves it to that.
  const built = (async () => ({
    goClients: await ensureGoClients({ cache, say }),
    minio: await ensureMinio({ cache, say }),
  }))();
  const awsClients = await ensureAwsClients({ cache, say });
  const durableSdks = await ensureDurableSdks({ cache, say });
  const awsCli2 = await ensureAwsCli2({ say });
  const chromium = await ensureChromium({ say });
  const docker = await ensureDocker({ cache, say });
  const images = docker.missing ? {} : await ensureBaseImages({ cache, say });
  const { goClients, minio } = await built;
  const env = {
    LAMBDOCK_TEST_DOCKER: docker.missing || images.missing ? undefined : '1',
    LAMBDOCK_TEST_BASE_IMAGE: images.base,
    LAMBDOCK_TEST_BASE_IMAGE_GO: images.go,
    LAMBDOCK_TEST_MINIO: minio.path,
    LAMBDOCK_TEST_CHROMIUM: chromium.path,
  };
  return {
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    missing: [awsClients, durableSdks, awsCli2, goClients, chromium, docker, images, minio].flatMap(
      ({ missing }) => missing ?? [],
    ),
    stop: docker.stop,
  };
}
