import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ToolchainState } from '../execution/runtime.ts';
import { sendJson } from '../support/json-response.ts';
import type { DriverState } from '../workloads/workload.ts';
import type { ObjectsState } from './open-objects.ts';
import type { StoreState } from './store-state.ts';

/** `GET /_lambdock/health`. */
export interface Health {
  ready: boolean;
  version: string;
  uptimeMs: number;
  pid: number;
  dataDirectory: string;
  driver: DriverState;
  objects: ObjectsState;
  metadata: { name: 'sqlite'; state: StoreState };
  functions: number;
}

/** What the daemon offers to its own API. */
export interface DaemonControl {
  health(): Health;
  toolchains(): Promise<ToolchainState[]>;
  /** Deletes every function with its code and logs; returns how many there were. */
  reset(): Promise<number>;
  /** Begins to stop, once the answer to this call is sent. */
  stopSoon(): void;
}

type Handler = (control: DaemonControl, res: ServerResponse) => unknown;

const ROUTES: Record<string, { method: 'GET' | 'POST'; handle: Handler }> = {
  '/_lambdock/health': {
    method: 'GET',
    handle: (control, res) => sendJson(res, 200, control.health()),
  },
  '/_lambdock/doctor': {
    method: 'GET',
    handle: async (control, res) => sendJson(res, 200, { toolchains: await control.toolchains() }),
  },
  '/_lambdock/reset': {
    method: 'POST',
    handle: async (control, res) => sendJson(res, 200, { removed: await control.reset() }),
  },
  '/_lambdock/stop': {
    method: 'POST',
    handle: (control, res) => {
      sendJson(res, 200, { stopping: true }, { connection: 'close' });
      control.stopSoon();
    },
  },
};

/** Answers the daemon's own calls, without the libraries of the platform API. False: not one of them. */
export async function handleInternal(
  control: DaemonControl,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<boolean> {
  const { pathname } = new URL(req.url!, 'http://localhost');
  const route = ROUTES[pathname];
  if (!route) return false;
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  if (method === route.method) await route.handle(control, res);
  else
    sendJson(
      res,
      405,
      { error: `${pathname} takes ${route.method}, not ${req.method}` },
      { allow: route.method },
    );
  return true;
}
