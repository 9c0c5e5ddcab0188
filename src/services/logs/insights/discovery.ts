import type { Value } from './ast.ts';

/** As many as Insights discovers in an event. */
const MOST_FIELDS = 200;
const MEGABYTE = 1_000_000;

const REQUEST_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const PLATFORM_LINE = /^(START|END|REPORT) RequestId: (\S+)/;
const REPORT_PARTS: readonly (readonly [field: string, part: RegExp, factor: number])[] = [
  ['@duration', /\tDuration: ([\d.]+) ms/, 1],
  ['@billedDuration', /\tBilled Duration: ([\d.]+) ms/, 1],
  ['@memorySize', /\tMemory Size: (\d+) MB/, MEGABYTE],
  ['@maxMemoryUsed', /\tMax Memory Used: (\d+) MB/, MEGABYTE],
  ['@initDuration', /\tInit Duration: ([\d.]+) ms/, 1],
];

/**
 * The fields that are found in a message: those of JSON, flattened, and those of Lambda's own lines.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
 */
export function discoverFields(message: string, group: string): Map<string, Value> {
  const fields = new Map<string, Value>();
  const isLambda = group.startsWith('/aws/lambda/');
  const json = parseJson(message, isLambda);
  if (json !== undefined) flatten(json, '', fields);
  if (message.startsWith('START ') || message.startsWith('END ') || message.startsWith('REPORT ')) {
    readPlatformLine(message, fields);
  } else if (isLambda && !fields.has('@requestId')) {
    const id = REQUEST_ID.exec(message.slice(0, 200))?.[0];
    if (id !== undefined) fields.set('@requestId', id);
  }
  return fields;
}

function readPlatformLine(message: string, fields: Map<string, Value>): void {
  const line = PLATFORM_LINE.exec(message);
  if (!line) return;
  fields.set('@type', line[1]);
  fields.set('@requestId', line[2]);
  if (line[1] !== 'REPORT') return;
  // In the report the first part stands behind a tab, too.
  for (const [field, part, factor] of REPORT_PARTS) {
    const found = part.exec(message)?.[1];
    if (found !== undefined) fields.set(field, Number(found) * factor);
  }
  const trace = /XRAY TraceId: (\S+)/.exec(message)?.[1];
  const segment = /SegmentId: (\S+)/.exec(message)?.[1];
  if (trace !== undefined) fields.set('@xrayTraceId', trace);
  if (segment !== undefined) fields.set('@xraySegmentId', segment);
}

/** The message as JSON; in Lambda's groups also a piece of JSON behind other text. */
function parseJson(message: string, embedded: boolean): object | undefined {
  const start = embedded ? message.indexOf('{') : /^\s*\{/.test(message) ? 0 : -1;
  if (start < 0) return undefined;
  const end = message.lastIndexOf('}');
  if (end < start) return undefined;
  try {
    const value: unknown = JSON.parse(message.slice(start, end + 1));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `{a: {b: [1]}}` has the field `a.b.0`. */
function flatten(value: object, prefix: string, fields: Map<string, Value>): void {
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    if (fields.size >= MOST_FIELDS) return;
    const name = prefix + key;
    if (item === null) continue;
    if (typeof item === 'object') flatten(item, `${name}.`, fields);
    else fields.set(name.startsWith('@') ? `@${name}` : name, item as Value);
  }
}
