import type { Request, Response } from 'express';
import type { Clock } from '../clock/clock.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { lastEventId } from '../support/event-stream.ts';
import { sendJson } from '../support/json-response.ts';
import { journalQuery, seqParameter } from './activity-schemas.ts';
import { describeExchange } from './exchange-document.ts';
import type { Exchanges } from './exchanges.ts';
import { inlineRevision, isInline } from './function-store.ts';
import { type FunctionRecord, type FunctionService, RequestError } from './functions.ts';
import { streamJournal } from './journal-stream.ts';
import { LogStream } from './log-stream.ts';
import { describeApi } from './openapi/document.ts';
import { sha256 } from './packages.ts';
import { readFields } from './request-fields.ts';
import { entityTag, parseIfMatch, revisionOf } from './revision.ts';
import { check, createBody, idQuery, linkBody, listQuery, logsQuery, updateBody } from './schemas.ts';
import type { StoredCatalogue } from './stored-catalogue.ts';
import type { Traffic } from './traffic.ts';

export interface PlatformOptions {
  functions: FunctionService;
  catalogue: StoredCatalogue;
  journal: Journal;
  traffic: Traffic;
  exchanges: Exchanges;
  /** The daemon's own, which must not be told. */
  token: string | undefined;
  clock: Clock;
  maxCodeBytes: number;
  /** Of lambdock, for the OpenAPI document. */
  version: string;
  /** Records a bug of ours, with the number that the caller was told. */
  log(error: unknown, requestId: string): void;
}

export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/lambda/{id}/logs`. */
  path: string;
  handle(req: Request, res: Response): void | Promise<void>;
}

/** Every call of the platform API but the endpoints themselves; described in openapi/, in the same order. */
export function platformRoutes(options: PlatformOptions): Route[] {
  const { functions, catalogue, traffic } = options;
  return [
    {
      method: 'get',
      path: '/lambda/setup',
      handle: (_req, res) => sendJson(res, 200, catalogue.setup()),
    },
    {
      method: 'get',
      path: '/lambda/runtimes',
      handle: (_req, res) => sendJson(res, 200, { runtimes: catalogue.runtimes() }),
    },
    {
      method: 'get',
      path: '/lambda/default',
      handle: (_req, res) => sendJson(res, 200, catalogue.default()),
    },
    {
      method: 'get',
      path: '/lambda/list',
      handle: (req, res) => {
        const query = check(listQuery, req.query);
        const { records, count } = functions.list(query);
        const status = query.include.includes('status');
        const counts = query.include.includes('traffic');
        sendJson(res, 200, {
          lambdas: records.map((record) => ({
            ...listed(record),
            ...(status && { status: statusOf(functions, record) }),
            ...(counts && { traffic: traffic.counts(record.id) }),
          })),
          pages: Math.ceil(count / query.limit),
          cnt: count,
        });
      },
    },
    {
      method: 'get',
      path: '/lambda',
      handle: async (req, res) => {
        const { record, code, revision } = await functions.read(check(idQuery, req.query).id);
        const { id, title, runtime, version, ...dates } = listed(record);
        sendJson(res, 200, { id, title, runtime, version, code, ...dates }, tagged(revision));
      },
    },
    {
      method: 'post',
      path: '/lambda',
      handle: async (req, res) => {
        const input = check(createBody, await readFields(req, options));
        const id = await functions.create(input);
        sendJson(res, 200, id, tagged(revisionOf(input, sha256(input.code))));
      },
    },
    {
      method: 'patch',
      path: '/lambda',
      handle: async (req, res) => {
        const condition = parseIfMatch(req.get('if-match'));
        const { id, changes } = check(updateBody, await readFields(req, options));
        sendJson(res, 200, id, tagged(await functions.update(id, changes, condition)));
      },
    },
    {
      method: 'delete',
      path: '/lambda',
      handle: async (req, res) => {
        const { id } = check(idQuery, req.query);
        await functions.remove(id);
        sendJson(res, 200, id);
      },
    },
    {
      method: 'post',
      path: '/lambda/{id}/restore',
      handle: async (req, res) => {
        const { id } = check(idQuery, req.params);
        await functions.undelete(id);
        sendJson(res, 200, id);
      },
    },
    {
      method: 'get',
      path: '/lambda/{id}/status',
      handle: (req, res) => {
        const record = functions.get(check(idQuery, req.params).id);
        const { id, title, runtime, version } = record;
        const about = { id, title, runtime, version, endpoint: endpointOf(id) };
        sendJson(res, 200, { ...about, ...statusOf(functions, record) });
      },
    },
    {
      method: 'get',
      path: '/lambda/{id}/traffic',
      handle: (req, res) => {
        const { id } = functions.get(check(idQuery, req.params).id);
        sendJson(res, 200, traffic.times(id));
      },
    },
    {
      method: 'get',
      path: '/lambda/{id}/logs',
      handle: (req, res) => streamLogs(options, req, res),
    },
    {
      method: 'get',
      path: '/openapi.json',
      handle: (_req, res) => sendJson(res, 200, describeApi(options.version)),
    },
    {
      method: 'post',
      path: '/_lambdock/link',
      handle: async (req, res) => {
        const input = check(linkBody, await readFields(req, options));
        const { id, title, runtime, version } = await functions.link(input);
        sendJson(res, 200, { id, title, runtime, version, endpoint: endpointOf(id) });
      },
    },
    {
      method: 'get',
      path: '/_lambdock/journal',
      handle: (req, res) => followJournal(options, req, res),
    },
    {
      method: 'get',
      path: '/_lambdock/exchanges/{seq}',
      handle: (req, res) => sendJson(res, 200, readExchange(options, req)),
    },
  ];
}

function followJournal({ journal, clock }: PlatformOptions, req: Request, res: Response): void {
  const { since, tail, follow, id, types, except } = check(journalQuery, req.query);
  const matches = (entry: JournalEntry) =>
    (id === undefined || ('id' in entry && entry.id === id)) &&
    (!types?.length || types.includes(entry.type)) &&
    except?.includes(entry.type) !== true;
  streamJournal(res, {
    journal,
    clock,
    since: since ?? lastEventId(req),
    tail,
    matches,
    follow: follow && req.method === 'GET',
  });
}

function readExchange({ exchanges, functions, token }: PlatformOptions, req: Request) {
  const { seq } = check(seqParameter, req.params);
  const kept = exchanges.find(seq);
  if (!kept) {
    throw new RequestError(
      404,
      `nothing is kept of request ${seq}: it is no request, or too old, or its function is deleted`,
    );
  }
  return describeExchange(kept, { exchanges, token, logs: functions.logs(kept.entry.id) });
}

function streamLogs({ functions, journal, clock }: PlatformOptions, req: Request, res: Response): void {
  const { id } = check(idQuery, req.params);
  const { since, tail, follow } = check(logsQuery, req.query);
  const logs = functions.logs(id);
  const lastSeen = lastEventId(req);
  // After a restart of the daemon lines are numbered from 1 again: what a browser has seen tells nothing then.
  const resumed = lastSeen > 0 && lastSeen <= (logs.read(0, 1)[0]?.seq ?? 0) ? lastSeen : 0;
  const stream = new LogStream(res, {
    logs,
    clock,
    since: since ?? resumed,
    tail,
    follow: follow && req.method === 'GET',
    onClose: () => unsubscribe(),
  });
  const unsubscribe = journal.subscribe((entry) => {
    const gone = entry.type === 'function.deleted' && entry.id === id;
    if (gone || entry.type === 'daemon.reset' || entry.type === 'daemon.stopping') stream.end();
  });
}

function statusOf(functions: FunctionService, record: FunctionRecord) {
  const revision = isInline(record) && { revision: inlineRevision(record) };
  return { source: record.source, ...functions.status(record), ...revision };
}

function endpointOf(id: string): string {
  return `/endpoint/${id}`;
}

function tagged(revision: string | undefined): Record<string, string> {
  return revision === undefined ? {} : { etag: entityTag(revision) };
}

function listed({ id, title, runtime, version, disabled, reg_date, update_date }: FunctionRecord) {
  return { id, title, runtime, version, disabled, reg_date, update_date };
}
