import { MalformedValue } from '../errors.ts';
import type { OperationModel } from './model.ts';

type Segment = { literal: string } | { label: string; greedy: boolean };

/** What the `http` trait of an operation asks of a request. */
export interface RoutePattern {
  method: string;
  segments: readonly Segment[];
  /** Parameters that must be there; with a value where they have one. `x-id` only names the operation. */
  query: readonly (readonly [name: string, value: string])[];
  operationId: string | undefined;
}

/**
 * The pattern of an operation. Labels that the path does not name come in front of it: S3's schemas leave the bucket to
 * the rules by which its clients find their endpoint, and those put it there.
 */
export function routePattern({ http, input }: OperationModel): RoutePattern | undefined {
  if (!http) return undefined;
  const [method, uri] = http;
  const [path = '/', query = ''] = uri.split('?', 2);
  const segments = segmentsOf(path.replace(/\/$/, '')).map(toSegment);
  const named = new Set(segments.map((segment) => ('label' in segment ? segment.label : undefined)));
  const inFront = input.members
    .filter(({ name, shape }) => shape.traits.httpLabel && !shape.traits.hostLabel && !named.has(name))
    .map(({ name }) => ({ label: name, greedy: false }));
  const parameters = query === '' ? [] : query.split('&').map(splitParameter);
  return {
    method,
    segments: [...inFront, ...segments],
    query: parameters.filter(([name]) => name !== 'x-id'),
    operationId: parameters.find(([name]) => name === 'x-id')?.[1],
  };
}

/** The text of the labels where `path` fits; undefined where it does not. */
export function matchPath(
  { segments }: RoutePattern,
  parts: readonly string[],
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index]!;
    const part = parts[index];
    if (part === undefined) return undefined;
    if ('literal' in segment) {
      if (segment.literal !== part) return undefined;
    } else if (segment.greedy) {
      const behind = segments.length - index - 1;
      const rest = parts.slice(index, parts.length - behind).join('/');
      if (rest === '' || !endsWith(parts, segments.slice(index + 1))) return undefined;
      labels[segment.label] = decode(rest);
      return labels;
    } else {
      if (part === '') return undefined;
      labels[segment.label] = decode(part);
    }
  }
  return parts.length === segments.length ? labels : undefined;
}

/** A key of S3's may end with a slash; elsewhere a last slash means nothing. */
export function pathParts(path: string, how?: 'with a last slash'): string[] {
  return segmentsOf(how || !path.endsWith('/') ? path : path.slice(0, -1));
}

/** Labels of a path that is known to fit but for its text. */
export function pathLabels(pattern: RoutePattern, path: string): Record<string, string> {
  const last = pattern.segments.at(-1);
  const greedy = last !== undefined && 'label' in last && last.greedy;
  return matchPath(pattern, greedy ? pathParts(path, 'with a last slash') : pathParts(path)) ?? {};
}

function segmentsOf(path: string): string[] {
  const relative = path.startsWith('/') ? path.slice(1) : path;
  return relative === '' ? [] : relative.split('/');
}

function toSegment(text: string): Segment {
  const match = /^\{([^}+]+)(\+?)\}$/.exec(text);
  return match ? { label: match[1]!, greedy: match[2] === '+' } : { literal: text };
}

function splitParameter(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=', 2);
  return [name, value];
}

function endsWith(parts: readonly string[], segments: readonly Segment[]): boolean {
  return segments.every((segment, index) => {
    const part = parts[parts.length - segments.length + index];
    return 'literal' in segment ? segment.literal === part : part !== undefined && part !== '';
  });
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new MalformedValue('The path is not properly percent-encoded');
  }
}
