import type { OperationModel, ServiceModel } from './shapes/model.ts';
import { matchPath, pathParts } from './shapes/route-pattern.ts';

interface Candidate {
  operation: OperationModel;
  /** Whether the request has all that the operation requires in its query and its headers. */
  complete: boolean;
  named: boolean;
  literals: number;
  required: number;
}

export interface RoutedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, unknown>>;
}

/**
 * The operation that a REST request is for. Several may share method and path (S3's differ by `?acl`, or by a parameter or a
 * header that only one of them requires), so the one that asks for most of what the request has is meant.
 */
export function routeRest(model: ServiceModel, request: RoutedRequest): OperationModel | undefined {
  let best: Candidate | undefined;
  for (const operation of model.operations.values()) {
    const candidate = match(operation, request);
    if (candidate && (!best || better(candidate, best))) best = candidate;
  }
  return best?.operation;
}

function match(
  operation: OperationModel,
  { method, path, query, headers }: RoutedRequest,
): Candidate | undefined {
  const { route } = operation;
  if (!route || route.method !== method || !matchPath(route, pathParts(path, route))) return undefined;
  for (const [name, value] of route.query) {
    if (!query.has(name) || (value !== '' && query.get(name) !== value)) return undefined;
  }
  const required = operation.input.members.filter(
    ({ required, shape: { traits } }) =>
      required && (traits.httpQuery !== undefined || traits.httpHeader !== undefined),
  );
  const present = required.filter(({ shape: { traits } }) =>
    traits.httpQuery === undefined
      ? headers[traits.httpHeader!.toLowerCase()] !== undefined
      : query.has(traits.httpQuery),
  );
  return {
    operation,
    complete: present.length === required.length,
    named: route.operationId !== undefined && route.operationId === query.get('x-id'),
    literals: route.query.length + route.segments.filter((segment) => 'literal' in segment).length,
    required: required.length,
  };
}

function better(one: Candidate, other: Candidate): boolean {
  if (one.named !== other.named) return one.named;
  if (one.complete !== other.complete) return one.complete;
  if (one.literals !== other.literals) return one.literals > other.literals;
  return one.required > other.required;
}
