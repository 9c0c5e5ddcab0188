import * as z from 'zod';
import type { JournalEvent } from '../journal/journal.ts';
import { date, functionId, truth, whole } from './schemas.ts';

/* What callers send and get where they look at what happened: the journal, and requests with their answers. */

const TYPES: Record<JournalEvent['type'], true> = {
  'daemon.started': true,
  'daemon.stopping': true,
  'daemon.reset': true,
  'function.created': true,
  'function.updated': true,
  'function.deleted': true,
  'function.restored': true,
  'reload.started': true,
  'reload.finished': true,
  'workload.exited': true,
  'lambda.destination': true,
  'lambda.dead-letter': true,
  progress: true,
  notice: true,
  'parity.warning': true,
  invocation: true,
};
const TYPE_NAMES = Object.keys(TYPES) as JournalEvent['type'][];
const TYPE_LIST = `must be a comma-separated list of ${TYPE_NAMES.join(', ')}`;

const types = () =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
    z.array(z.enum(TYPE_NAMES, TYPE_LIST), TYPE_LIST),
  );

export const journalQuery = z.object({
  since: whole(0, Number.MAX_SAFE_INTEGER).optional().meta({
    description: 'Entries after the one with this `seq`; a number above all there are: only what comes.',
  }),
  tail: whole(0, 5000)
    .optional()
    .meta({ description: 'At most this many of the entries there are that match: the newest.' }),
  id: functionId.optional().meta({ description: 'Only what concerns this function.' }),
  types: types().optional().meta({ description: 'Only entries of these types.' }),
  except: types().optional().meta({ description: 'No entries of these types.' }),
  follow: truth().default(true).meta({ description: 'Go on with entries as they are recorded.' }),
});

export const seqParameter = z.object({
  seq: whole(1, Number.MAX_SAFE_INTEGER).meta({
    description: 'The `seq` of an entry of type `invocation` in the journal.',
  }),
});

const message = {
  headers: z
    .array(z.tuple([z.string(), z.string()]))
    .meta({ description: 'Name and value, in the order, case and number in which they were sent.' }),
  body: z.string(),
  bodyEncoding: z
    .enum(['utf8', 'base64'])
    .meta({ description: '`base64` where the bytes are not text, or are compressed.' }),
  bodyBytes: z.int().min(0).meta({ description: 'How many went by, kept or not.' }),
  truncated: z.boolean().meta({ description: 'The body was longer than what is kept of it.' }),
};

export const exchange = z.object({
  seq: z.int(),
  id: functionId,
  time: date().meta({ description: 'When it ended.' }),
  durationMs: z.number(),
  request: z.object({
    method: z.string(),
    path: z.string().meta({ description: 'What follows `/endpoint/{id}`, with the query.' }),
    ...message,
  }),
  response: z.object({
    status: z.int().meta({ description: '499: the client left before the answer was complete.' }),
    ...message,
  }),
  logs: z
    .array(
      z.object({
        seq: z.int(),
        time: date(),
        stream: z.enum(['stdout', 'stderr']),
        text: z.string(),
      }),
    )
    .meta({ description: 'What the function wrote meanwhile, for whichever request.' }),
});
