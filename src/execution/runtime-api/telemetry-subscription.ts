export type TelemetryType = 'platform' | 'function' | 'extension';

/** What an extension asked for, within AWS's limits. */
export interface Subscription {
  types: readonly TelemetryType[];
  destination: { protocol: 'HTTP'; url: URL; method: string } | { protocol: 'TCP'; port: number };
  maxItems: number;
  maxBytes: number;
  timeoutMs: number;
  /** By the Logs API. */
  legacy: boolean;
}

const TYPES: readonly string[] = ['platform', 'function', 'extension'];
/** Smallest, largest and usual values. */
const LIMITS = {
  maxItems: [1_000, 10_000, 10_000],
  maxBytes: [262_144, 1_048_576, 262_144],
  timeoutMs: [25, 30_000, 1_000],
} as const;
/** How extensions call themselves: names that mean nothing outside of a sandbox of AWS's. */
const SANDBOX_HOSTS: readonly string[] = ['sandbox', 'sandbox.localdomain', 'localhost', '127.0.0.1'];

type Fields = Readonly<Record<string, unknown>>;

/** A subscription, or what is wrong with it. */
export function parseSubscription(body: Buffer | undefined, legacy: boolean): Subscription | string {
  const fields = body && parseObject(body);
  if (!fields) return 'Request body is not valid JSON';
  const { types } = fields;
  if (!Array.isArray(types) || types.length === 0) return 'types is required';
  const unknown = types.find((type) => !TYPES.includes(type));
  if (unknown !== undefined) return `types: ${JSON.stringify(unknown)} is not supported`;
  const destination = parseDestination(fields.destination);
  if (typeof destination === 'string') return destination;
  const buffering = parseBuffering(fields.buffering);
  if (typeof buffering === 'string') return buffering;
  return { types: types as TelemetryType[], destination, ...buffering, legacy };
}

function parseObject(body: Buffer): Fields | undefined {
  try {
    return asObject(JSON.parse(body.toString()));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function parseDestination(value: unknown): Subscription['destination'] | string {
  const fields = asObject(value);
  if (!fields) return 'destination is required';
  const { protocol, URI, port, method } = fields;
  if (protocol === 'TCP') {
    const good = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
    return good ? { protocol, port } : 'destination.port is required for protocol TCP';
  }
  if (protocol !== 'HTTP') return 'destination.protocol must be HTTP or TCP';
  if (typeof URI !== 'string' || !URL.canParse(URI)) return 'destination.URI is required for protocol HTTP';
  const url = new URL(URI);
  if (url.protocol !== 'http:' || !SANDBOX_HOSTS.includes(url.hostname))
    return 'destination.URI must be http://sandbox.localdomain:${port}/${path}';
  url.hostname = '127.0.0.1';
  return { protocol, url, method: method === 'PUT' ? 'PUT' : 'POST' };
}

function parseBuffering(value: unknown): Pick<Subscription, 'maxItems' | 'maxBytes' | 'timeoutMs'> | string {
  const fields = asObject(value ?? {});
  if (!fields) return 'buffering must be an object';
  const read = (name: keyof typeof LIMITS): number | undefined => {
    const [least, most, usual] = LIMITS[name];
    const given = fields[name] ?? usual;
    return typeof given === 'number' && given >= least && given <= most ? given : undefined;
  };
  const [maxItems, maxBytes, timeoutMs] = [read('maxItems'), read('maxBytes'), read('timeoutMs')];
  if (maxItems === undefined) return outside('maxItems');
  if (maxBytes === undefined) return outside('maxBytes');
  if (timeoutMs === undefined) return outside('timeoutMs');
  return { maxItems, maxBytes, timeoutMs };
}

function outside(name: keyof typeof LIMITS): string {
  const [least, most] = LIMITS[name];
  return `buffering.${name} must be between ${least} and ${most}`;
}
