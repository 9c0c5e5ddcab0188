import type { Grok } from '@aws-sdk/client-cloudwatch-logs';
import {
  offerAt,
  type ProcessorStep,
  pathOf,
  sourcePath,
  sourceText,
  TransformerProblem,
  TransformFailure,
} from './event.ts';
import { COMMON_LOGS, GROK_PATTERNS } from './grok-patterns.ts';

const MOST_PATTERNS = 20;
/** These take more than most, and may be in one `match` less often. */
const RARER: readonly (readonly [most: number, names: readonly string[]])[] = [
  [1, ['GREEDYDATA_MULTILINE']],
  [5, ['URI', 'URIPARAM', 'URIPATHPARAM', 'SPACE', 'DATA', 'GREEDYDATA', 'GREEDYDATA_MULTILINE']],
  ...['NOTSPACE', 'ARN', 'IPV6', 'IP', 'HOSTNAME', 'HOST', 'IPORHOST', 'HOSTPORT', 'URIHOST'].map(
    (name) => [5, [name]] as const,
  ),
  ...['WINPATH', 'PATH', 'SYSLOGHOST'].map((name) => [5, [name]] as const),
];
const AFTER_COMMON = ['DATA', 'GREEDYDATA', 'GREEDYDATA_MULTILINE'];

/** A reference, a character that is meant as it is, or any other. */
const TOKEN = /%\{(\w+)(?::([^}]*))?\}|\\(.)|(.)/gsu;

export function grok({ source, match }: Grok): ProcessorStep {
  const from = sourcePath(source);
  const { regex, fields, common } = compileGrok(match!);
  const places = fields.map((field) => ({ field, path: pathOf(field) }));
  return (event, input) => {
    const found = regex.exec(sourceText(event, input, from));
    if (!found) throw new TransformFailure('the pattern of grok does not match');
    for (const [index, { field, path }] of places.entries()) {
      const text = found[index + 1];
      if (text === undefined || (common && (text === '-' || text === ''))) continue;
      const value = common ? valueOfCommonLog(field, text) : withoutQuotes(text);
      // Of two fields with one name the first one stays.
      offerAt(event, path, value, false);
    }
  };
}

interface CompiledGrok {
  regex: RegExp;
  /** What the groups are called, by their order. */
  fields: readonly string[];
  common: boolean;
}

/** @throws TransformerProblem */
function compileGrok(match: string): CompiledGrok {
  const fields: string[] = [];
  const names: string[] = [];
  const expand = (source: string): string =>
    source.replaceAll(/%\{(\w+)(?::(\w+))?\}/g, (_, name: string, field?: string) => refer(name, field));
  const refer = (name: string, field: string | undefined): string => {
    const pattern = GROK_PATTERNS.get(name) ?? COMMON_LOGS.get(name);
    if (pattern === undefined) throw new TransformerProblem(`No definition for key '${name}' found`);
    if (field === undefined || field === '') return `(?:${expand(pattern)})`;
    fields.push(field);
    return `(${expand(pattern)})`;
  };
  let body = '';
  for (const [, name, field, escaped, other] of match.matchAll(TOKEN)) {
    if (name === undefined) body += literal(escaped ?? other!);
    else {
      names.push(name);
      body += refer(name, COMMON_LOGS.has(name) ? undefined : field);
    }
  }
  checkCounts(names);
  const common = checkCommonLogs(match, names);
  let rest = '';
  if (common && names.length === 1) {
    rest = names[0] === 'SYSLOG5424' ? ' ?([^]*)' : '\\s*';
    if (names[0] === 'SYSLOG5424') fields.push('message');
  }
  return { regex: new RegExp(`^${body}${rest}$`, 'u'), fields, common };
}

function literal(character: string): string {
  return /[\w\s]/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function checkCounts(names: readonly string[]): void {
  if (names.length > MOST_PATTERNS) {
    throw new TransformerProblem(`grok: more than ${MOST_PATTERNS} patterns are not allowed.`);
  }
  for (const [most, rare] of RARER) {
    if (names.filter((name) => rare.includes(name)).length > most) {
      throw new TransformerProblem(`grok: ${rare.join(', ')} may be used ${most} times at most.`);
    }
  }
}

/** Whether the pattern is one for a common format. @throws TransformerProblem where it is none that may be */
function checkCommonLogs(match: string, names: readonly string[]): boolean {
  const index = names.findIndex((name) => COMMON_LOGS.has(name));
  if (index < 0) return false;
  const [, ...rest] = names;
  const alone = index === 0 && match.startsWith(`%{${names[0]}`) && rest.length <= 1;
  if (!alone || !rest.every((name) => AFTER_COMMON.includes(name))) {
    throw new TransformerProblem(
      `grok: ${names[index]} must be the first pattern, and only one of ${AFTER_COMMON.join(', ')} may follow it.`,
    );
  }
  return true;
}

function withoutQuotes(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

const NUMBERS = ['status_code', 'response_size', 'pri', 'version'];
const HTTP_DATE = /^(\d+)\/(\w{3})\w*\/(\d+):(\S+) ([+-]\d{4})$/;

function valueOfCommonLog(field: string, text: string): unknown {
  if (NUMBERS.includes(field)) return Number(text);
  const date = field === 'timestamp' ? HTTP_DATE.exec(text) : null;
  if (!date) return text;
  const [, day, month, year, time, zone] = date;
  const moment = new Date(`${day} ${month} ${year} ${time} ${zone}`);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString().replace('.000Z', 'Z');
}
