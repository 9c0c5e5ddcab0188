import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBaseImages } from './base-image.mjs';
import { ensureDocker } from './docker.mjs';

/**
 * Prepares what tests in containers need. Resolves with the variables that tell tests of it, what is missing, and `stop`, which
 * ends what was started for them.
 */
export async function prepareContainers({ cache, say = console.log }) {
  const docker = await ensureDocker({ cache, say });
  const images = docker.missing ? {} : await ensureBaseImages({ cache, say });
  const minio = await prepareMinio({ cache, say });
  const env = {
    LAMBDOCK_TEST_DOCKER: docker.missing || images.missing ? undefined : '1',
    LAMBDOCK_TEST_BASE_IMAGE: images.base,
    LAMBDOCK_TEST_BASE_IMAGE_GO: images.go,
    LAMBDOCK_TEST_MINIO: minio.path,
  };
  return {
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    missing: [docker.missing, images.missing, minio.missing].filter((what) => what !== undefined),
    stop: docker.stop,
  };
}

async function prepareMinio(options) {
  const file = join(import.meta.dirname, 'minio.mjs');
  if (!existsSync(file)) return {};
  const { ensureMinio } = await import(pathToFileURL(file).href);
  return ensureMinio(options);
}
