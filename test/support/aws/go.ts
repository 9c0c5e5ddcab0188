import { join } from 'node:path';
import { findGoClients } from '../../setup/go-clients.mjs';
import { CACHE_DIR } from '../daemon.ts';
import { runClient, STRICT } from './run-client.ts';

const FOLDER = findGoClients(CACHE_DIR);

/** False where tests with Go programs are skipped. With CI=true they run, and fail without. */
export const HAS_GO_CLIENTS = FOLDER !== undefined || STRICT;

/** `failover-app`, or `seed-app` where the seed is beside the checkout. */
export function goProgram(name: 'sdk-probe' | 'failover-app' | 'seed-app'): string {
  if (!FOLDER) throw new Error('there are no Go programs: node test/setup/go-clients.mjs builds them');
  return join(FOLDER, name);
}

export interface ProbeStep {
  service: 'lambda' | 'sts' | 'logs' | 'iam';
  /** Of a waiter for kind `wait`: FunctionActiveV2. */
  operation: string;
  /** Blobs in base64, dates as RFC 3339 says. */
  input?: object;
  kind?: 'pages' | 'wait' | 'stream';
}

export interface ProbeResult {
  /** Members that were not answered are not there. */
  output?: unknown;
  error?: {
    type?: string;
    code?: string;
    message: string;
    fault?: string;
    status?: number;
    requestId?: string;
  };
}

/** Makes these calls with the AWS SDK for Go, in turn; one that fails does not keep those after it from being made. */
export async function sdkProbe(steps: ProbeStep[], env: Record<string, string>): Promise<ProbeResult[]> {
  const { code, stdout, stderr } = await runClient(goProgram('sdk-probe'), [], env, JSON.stringify(steps));
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ProbeResult[];
}
