import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock.ts';
import type { ToolchainState } from '../execution/runtime.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { EventStream, lastSeen } from '../support/event-stream.ts';
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
  readonly clock: Clock;
  readonly journal: Journal;
  health(): Health;
  toolchains(): Promise<ToolchainState[]>;
  /** Deletes every function with its code and logs; returns how many there were. */
  reset(): Promise<number>;
  /** Begins to stop, once the answer to this call is sent. */
  stopSoon(): void;
}

type Handler = (
  control: DaemonControl,
  req: IncomingMessage,
  res: ServerResponse,
  query: URLSearchParams,
) => unknown;

const ROUTES: Record<string, { method: 'GET' | 'POST'; handle: Handler }> = {
  '/_lambdock/health': {
    method: 'GET',
    handle: (control, _req, res) => sendJson(res, 200, control.health()),
  },
  '/_lambdock/journal': { method: 'GET', handle: streamJournal },
  '/_lambdock/doctor': {
    method: 'GET',
    handle: async (control, _req, res) => sendJson(res, 200, { toolchains: await control.toolchains() }),
  },
  '/_lambdock/reset': {
    method: 'POST',
    handle: async (control, _req, res) => sendJson(res, 200, { removed: await control.reset() }),
  },
  '/_lambdock/stop': {
    method: 'POST',
    handle: (control, _req, res) => {
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
  const { pathname, searchParams } = new URL(req.url!, 'http://localhost');
  const route = ROUTES[pathname];
  if (!route) return false;
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  if (method === route.method) await route.handle(control, req, res, searchParams);
  else
    sendJson(
      res,
      405,
      { error: `${pathname} takes ${route.method}, not ${req.method}` },
      { allow: route.method },
    );
  return true;
}

/**
 * Entries after `?since=` (or the Last-Event-ID), then each new one as it is recorded. `?types=` names the types wanted
 * and `?except=` those not wanted, comma-separated: a busy function's invocations are many.
 */
function streamJournal(
  { clock, journal }: DaemonControl,
  req: IncomingMessage,
  res: ServerResponse,
  query: URLSearchParams,
) {
  const since = lastSeen(req, query);
  const wanted = typesIn(query, 'types');
  const unwanted = typesIn(query, 'except');
  let unsubscribe = () => {};
  const stream = new EventStream(res, clock, () => unsubscribe());
  const send = (entry: JournalEntry) => {
    if (unwanted?.has(entry.type) || wanted?.has(entry.type) === false) return;
    stream.send(entry.seq, entry);
  };
  for (const entry of journal.since(since)) send(entry);
  if (req.method === 'HEAD') return void res.end();
  unsubscribe = journal.subscribe(send);
}

function typesIn(query: URLSearchParams, name: string): ReadonlySet<string> | undefined {
  const list = query.get(name);
  return list ? new Set(list.split(',')) : undefined;
}
