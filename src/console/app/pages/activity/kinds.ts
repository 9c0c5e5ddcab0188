import type { JournalEntry } from '../../api/types.ts';

export type Invocation = Extract<JournalEntry, { type: 'invocation' }>;
export type Happening = Exclude<JournalEntry, { type: 'invocation' }>;
export type Kind = 'requests' | 'code' | 'events' | 'warnings' | 'lambdock';

/** What there is to choose from, in the order in which it is shown. */
export const KINDS: readonly { kind: Kind; label: string }[] = [
  { kind: 'requests', label: 'Requests' },
  { kind: 'code', label: 'Code' },
  { kind: 'events', label: 'Lambda events' },
  { kind: 'warnings', label: 'Warnings' },
  { kind: 'lambdock', label: 'lambdock' },
];

export function kindOf(entry: JournalEntry): Kind {
  const area = entry.type.split('.')[0];
  switch (area) {
    case 'invocation':
      return 'requests';
    case 'function':
    case 'reload':
    case 'workload':
      return 'code';
    case 'lambda':
      return 'events';
    case 'parity':
    case 'notice':
      return 'warnings';
    default:
      return 'lambdock';
  }
}

/** Whether a person wants to see it: what begins and what was meant to end is told by what follows. */
export function isWorthTelling(entry: JournalEntry): boolean {
  if (entry.type === 'reload.started') return false;
  return entry.type !== 'workload.exited' || !entry.expected;
}

export function isProblem(entry: JournalEntry): boolean {
  switch (entry.type) {
    case 'invocation':
      return entry.status >= 500;
    case 'reload.finished':
      return entry.outcome === 'failed';
    case 'workload.exited':
    case 'parity.warning':
    case 'lambda.dead-letter':
      return true;
    default:
      return false;
  }
}

export interface Words {
  tone: 'good' | 'plain' | 'warn' | 'bad';
  text: string;
  /** A place in the code, or files. */
  detail?: string;
  /** What is worth reading only to who looks closer. */
  more?: string;
}

/** What happened, in plain words. The function it happened to is named beside them. */
export function inWords(entry: Happening): Words {
  switch (entry.type) {
    case 'function.created':
      return { tone: 'plain', text: 'Created' };
    case 'function.updated':
      return { tone: 'plain', text: 'Changed' };
    case 'function.deleted':
      return { tone: 'plain', text: 'Deleted' };
    case 'function.restored':
      return { tone: 'plain', text: 'Restored' };
    case 'reload.started':
      return { tone: 'plain', text: 'New code is loading' };
    case 'reload.finished':
      return reloadInWords(entry);
    case 'workload.exited':
      return { tone: 'bad', text: capitalised(entry.reason) };
    case 'lambda.destination':
      return {
        tone: 'plain',
        text: `${shortName(entry.function)} sent its result to ${shortName(entry.target)}`,
        more: JSON.stringify(entry.record, null, 2),
      };
    case 'lambda.dead-letter':
      return {
        tone: 'warn',
        text: `${shortName(entry.function)} gave an event up; it went to ${shortName(entry.target)}`,
        more: entry.body,
      };
    case 'parity.warning':
      return {
        tone: 'warn',
        text: `AWS would refuse ${entry.service}:${entry.action} on ${entry.resource}`,
        detail: entry.missing,
      };
    case 'notice':
      return { tone: 'warn', text: entry.message };
    case 'progress':
      return { tone: 'plain', text: `${entry.topic}: ${entry.message}` };
    case 'daemon.started':
      return { tone: 'plain', text: `lambdock ${entry.version} started`, detail: entry.url };
    case 'daemon.stopping':
      return { tone: 'plain', text: `lambdock stops: ${entry.reason}` };
    case 'daemon.reset':
      return { tone: 'plain', text: 'Everything was deleted by a reset' };
  }
}

/** Everything of an entry that a search looks in, in lower case. */
export function searchable(entry: JournalEntry, title: string): string {
  const own =
    entry.type === 'invocation'
      ? `${entry.method} ${entry.path} ${entry.status}`
      : Object.values(inWords(entry)).join(' ');
  return `${title} ${own}`.toLowerCase();
}

/** The id of the function that it happened to. */
export function functionOf(entry: JournalEntry): string | undefined {
  return 'id' in entry ? entry.id : undefined;
}

function reloadInWords({
  outcome,
  durationMs,
  files,
  error,
}: Extract<JournalEntry, { type: 'reload.finished' }>): Words {
  const detail =
    files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
  if (outcome === 'ready')
    return {
      tone: 'good',
      text: `New code is live, after ${Math.round(durationMs)} ms`,
      ...(detail && { detail }),
    };
  if (!error) return { tone: 'bad', text: 'New code does not load' };
  const { name, message, file, line, column, stack } = error;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return {
    tone: 'bad',
    text: `New code does not load: ${name && !message.startsWith(name) ? `${name}: ` : ''}${message}`,
    ...(place && { detail: place }),
    ...(stack && { more: stack }),
  };
}

/** The name at the end of an ARN. */
function shortName(arn: string): string {
  return arn.split(/[:/]/).at(-1) || arn;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
