import * as z from 'zod';
import { TITLE_LIMIT } from './function-rules.ts';
import { RequestError, SORT_FIELDS } from './functions.ts';

/*
 * What callers send and get: the one source for checks, types and the OpenAPI document. A message completes the
 * sentence that a field's name begins.
 */

type Issue = { input?: unknown };

function kind(expected: string) {
  return { error: (issue: Issue) => (issue.input === undefined ? 'is required' : `must be ${expected}`) };
}

const text = () => z.string(kind('a string'));

/** A query parameter that has to be written in digits. */
export function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value),
    z.int(message).min(least, message).max(most, message),
  );
}

export const truth = () =>
  z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean('must be true or false'),
  );

export const functionId = text()
  .regex(/^[0-9a-f]{24}$/, 'must be 24 lower-case hexadecimal characters')
  .meta({
    description: 'The creation time comes first, so ids sort by creation.',
    examples: ['65f1d7c2a1b2c3d4e5f60718'],
  });

const title = text().meta({
  description: 'What people call the function.',
  maxLength: TITLE_LIMIT,
  examples: ['hello'],
});
const runtime = text().meta({ description: 'A language of GET /lambda/runtimes.', examples: ['node'] });
const version = text().meta({ description: 'Its version.', examples: ['20'] });
const code = text().meta({
  description:
    'Source text in UTF-8; in multipart/form-data a field or an uploaded file, whose name does not matter.',
  examples: ['export default function handler(req, res) {\n  res.json({ hello: req.query.name });\n}\n'],
});

const aliases = {
  title: title.optional(),
  name: title.optional().meta({ description: 'The same as title.' }),
  code: code.optional(),
  file: code.optional().meta({ description: 'The same as code.' }),
};

export const createBody = z
  .object({ ...aliases, runtime, version })
  .transform(({ name, file, ...body }, context) => ({
    runtime: body.runtime,
    version: body.version,
    title: either(context, 'title', body.title, 'name', name) ?? missing(context, 'title'),
    code: either(context, 'code', body.code, 'file', file) ?? missing(context, 'code'),
  }));

export const updateBody = z
  .object({ id: functionId, ...aliases, runtime: runtime.optional(), version: version.optional() })
  .transform(({ id, name, file, ...body }, context) => {
    const given = {
      title: either(context, 'title', body.title, 'name', name),
      code: either(context, 'code', body.code, 'file', file),
      runtime: body.runtime,
      version: body.version,
    };
    const changes = withoutUndefined(given);
    if (Object.keys(changes).length === 0)
      context.addIssue({
        code: 'custom',
        message: 'at least one of title, runtime, version and code is required',
      });
    return { id, changes };
  });

export const idQuery = z.object({ id: functionId });

const INCLUDED = ['status', 'traffic'] as const;
const INCLUDE = `must be a comma-separated list of ${INCLUDED.join(' and ')}`;

const included = () =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
    z.array(z.enum(INCLUDED, INCLUDE), INCLUDE),
  );

export const listQuery = z.object({
  limit: whole(1, 1000).default(30),
  page: whole(1, 1_000_000_000).default(1),
  sort: z.enum(SORT_FIELDS, `must be one of ${SORT_FIELDS.join(', ')}`).default('reg_date'),
  asc: truth().default(false),
  search: z
    .string('must be a string')
    .max(TITLE_LIMIT, `must not be longer than ${TITLE_LIMIT} characters`)
    .optional()
    .meta({
      description: 'Only functions with this in their title (in any case), their id or "runtime version".',
    }),
  include: included()
    .default([])
    .meta({ description: 'What else to tell of each function: `status`, `traffic`, or both.' }),
});

export const logsQuery = z.object({
  since: whole(0, Number.MAX_SAFE_INTEGER).optional().meta({ description: 'Lines after this `id`.' }),
  tail: whole(0, 5000).optional().meta({ description: 'At most this many of the lines there are.' }),
  follow: truth().default(true).meta({ description: 'Go on with lines as they are written.' }),
});

export const linkBody = z.object({
  path: text().meta({ description: 'Absolute path of a file or folder on the machine of the daemon.' }),
  runtime: runtime.optional().meta({ description: 'By default told by the name of the handler file.' }),
  title: title.optional(),
  poll: z.boolean('must be true or false').optional().meta({ description: 'Look for changes on a timer.' }),
  ignore: z
    .array(z.string('must be a list of strings'), 'must be a list of strings')
    .max(1000, 'must not have more than 1000 entries')
    .optional()
    .meta({ description: 'Globs of files whose changes do not matter.' }),
});

export const date = () => z.iso.datetime().meta({ examples: ['2026-01-31T12:00:00.000Z'] });
const dates = { disabled: z.boolean(), reg_date: date(), update_date: date() };

export const fullFunction = z.object({ id: functionId, title, runtime, version, code, ...dates });
export const runtimeDocument = z.object({
  runtime,
  version,
  image: z.string(),
  run_command: z
    .string()
    .meta({ description: 'What a container runs; %s stands for the id of the function.' }),
  default_code: z.string(),
  ...dates,
});
export const runtimeList = z.object({ runtimes: z.array(runtimeDocument) });
export const defaultDocument = z.object({ runtime, version, code, ...dates });
export const setupAnswer = z.object({ runtimes: z.array(runtimeDocument), default: defaultDocument });
export const linkedFunction = z.object({ id: functionId, title, runtime, version, endpoint: z.string() });

const sourceError = z.object({
  kind: z.enum(['load', 'exit', 'timeout', 'setup', 'memory']),
  name: z.string().optional(),
  message: z.string(),
  stack: z.string().optional(),
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  time: date(),
});

const status = {
  source: z.union([
    z.object({ kind: z.literal('inline'), sha256: z.string() }),
    z.object({ kind: z.literal('linked'), path: z.string(), directory: z.string(), entry: z.string() }),
  ]),
  state: z.enum(['idle', 'starting', 'ready', 'reloading', 'failed', 'restarting']),
  replicas: z.object({ desired: z.int(), ready: z.int() }),
  lastReload: z
    .object({
      time: date(),
      durationMs: z.number(),
      outcome: z.enum(['ready', 'failed']),
      files: z.array(z.string()),
    })
    .optional(),
  lastError: sourceError.optional(),
  revision: z
    .string()
    .optional()
    .meta({ description: 'As in the ETag of `GET /lambda`; linked functions have it only there.' }),
};

export const functionStatus = z.object({
  id: functionId,
  title,
  runtime,
  version,
  endpoint: z.string().meta({ examples: ['/endpoint/65f1d7c2a1b2c3d4e5f60718'] }),
  ...status,
});

const parts = (description: string) => z.array(z.number()).length(60).meta({ description });
const counts = {
  periodMs: z.int().meta({ description: 'How long a part is.', examples: [10_000] }),
  end: date().meta({ description: 'The end of the newest part, which is not over yet.' }),
  requests: parts('Requests in each part, the oldest first.'),
  errors: parts('Those of them that were answered with a status of 500 or above.'),
};

export const functionTraffic = z.object({
  ...counts,
  totalMs: parts('The sum of their durations.'),
  slowestMs: parts('The longest duration.'),
});

export const listedFunction = z.object({
  id: functionId,
  title,
  runtime,
  version,
  ...dates,
  status: z.object(status).optional().meta({ description: 'With `include=status`.' }),
  traffic: z.object(counts).optional().meta({ description: 'With `include=traffic`.' }),
});
export const functionList = z.object({
  lambdas: z.array(listedFunction),
  pages: z.int().min(0).meta({ description: 'How many pages there are at this limit.' }),
  cnt: z.int().min(0).meta({ description: 'How many functions there are.' }),
});
export const errorAnswer = z.object({ error: z.string() });
export const endpointError = z.object({
  error: z.string(),
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  stack: z.string().optional(),
});

/** Throws RequestError 400 that names every field that is wrong. */
export function check<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new RequestError(400, result.error.issues.map(describeIssue).join('; '));
}

function describeIssue({ path, message }: { path: PropertyKey[]; message: string }): string {
  return [...(path.length > 0 ? [path[0]] : []), message].map(String).join(' ');
}

interface Context {
  addIssue(issue: { code: 'custom'; path?: string[]; message: string }): void;
}

function either(
  context: Context,
  field: string,
  value: string | undefined,
  alias: string,
  aliased: string | undefined,
): string | undefined {
  if (value !== undefined && aliased !== undefined && value !== aliased)
    context.addIssue({
      code: 'custom',
      path: [field],
      message: `and its alias ${alias} are both given, and differ`,
    });
  return value ?? aliased;
}

function missing(context: Context, field: string): string {
  context.addIssue({ code: 'custom', path: [field], message: 'is required' });
  return '';
}

function withoutUndefined<T extends Record<string, string | undefined>>(
  fields: T,
): { [K in keyof T]?: string } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: string };
}
