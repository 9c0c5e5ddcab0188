import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** True where `npm test` found or started a Docker engine and has a base image. */
export const DOCKER = process.env.LAMBDOCK_TEST_DOCKER === '1';

/** Node, Python and Flask on Debian, where no image can be pulled. Set where `DOCKER` is. */
export const BASE_IMAGE = process.env.LAMBDOCK_TEST_BASE_IMAGE ?? '';

/** The same with a Go toolchain in it. */
export const BASE_IMAGE_GO = process.env.LAMBDOCK_TEST_BASE_IMAGE_GO ?? BASE_IMAGE;

/** Runs `docker …` and resolves with what it wrote to stdout. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execute('docker', args, { maxBuffer: 16 * 2 ** 20 });
  return stdout.trim();
}
