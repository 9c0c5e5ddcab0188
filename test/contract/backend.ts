import { dockerFlags, TestNetwork } from '../support/docker.ts';
import { MinioServer } from '../support/minio.ts';

/** What a daemon is started with, and what has to run beside it. */
export interface Backend extends AsyncDisposable {
  flags: string[];
}

/** By the names that CONTRACT_BACKEND has in vitest.config.ts: what runs functions, then where their code is kept. */
const BACKENDS: Record<string, () => Promise<Backend>> = {
  'process-embedded': async () => alone([]),
  'process-minio': async () => withMinio([]),
  'docker-embedded': async () => alone(dockerFlags()),
  'docker-minio': async () => withMinio(dockerFlags(), await TestNetwork.create()),
};

/** Starts what the project that runs says. */
export function openBackend(): Promise<Backend> {
  const name = process.env.CONTRACT_BACKEND ?? 'process-embedded';
  const open = BACKENDS[name];
  if (!open) throw new Error(`CONTRACT_BACKEND is none of ${Object.keys(BACKENDS).join(', ')}: ${name}`);
  return open();
}

function alone(flags: string[]): Backend {
  return { flags, [Symbol.asyncDispose]: async () => {} };
}

/** With a `network`, containers fetch their code from MinIO itself. */
async function withMinio(flags: string[], network?: TestNetwork): Promise<Backend> {
  const minio = await MinioServer.start(network?.host);
  return {
    flags: [...flags, ...minio.flags],
    [Symbol.asyncDispose]: async () => {
      await minio[Symbol.asyncDispose]();
      await network?.[Symbol.asyncDispose]();
    },
  };
}
