import type { OperationModel, ServiceModel } from './shapes/model.ts';
import { matchPath, pathParts, type RoutePattern } from './shapes/route-pattern.ts';
import type { Member } from './shapes/shape.ts';

/** An operation that has a path, with what choosing it takes. */
interface Route {
  operation: OperationModel;
  pattern: RoutePattern;
  /** The members that a request must have in its query or its headers. */
  required: readonly Member[];
  literals: number;
}

interface Candidate extends Route {
  /** Whether the request has all that is required. */
  complete: boolean;
  named: boolean;
}

export interface RoutedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, unknown>>;
}

/** The operations of a REST service, by what requests for them look like. */
export class RouteTable {
  /** By method and number of parts. */
  readonly #plain = new Map<string, Route[]>();
  /** By method: their last label takes any number of parts. */
  readonly #greedy = new Map<string, Route[]>();

  constructor({ operations }: ServiceModel) {
    for (const operation of operations.values()) {
      const { route: pattern } = operation;
      if (!pattern) continue;
      const { method, segments, query } = pattern;
      const greedy = segments.some((segment) => 'label' in segment && segment.greedy);
      const required = operation.input.members.filter(
        ({ required, shape: { traits } }) =>
          required && (traits.httpQuery !== undefined || traits.httpHeader !== undefined),
      );
      const literals = query.length + segments.filter((segment) => 'literal' in segment).length;
      const route = { operation, pattern, required, literals };
      if (greedy) add(this.#greedy, method, route);
      else add(this.#plain, `${method} ${segments.length}`, route);
    }
  }

  /**
   * The operation that a request is for. Several may share method and path (S3's differ by `?acl`, or by a parameter or a
   * header that only one of them requires), so the one that asks for most of what the request has is meant.
   */
  find(request: RoutedRequest): OperationModel | undefined {
    const { method, path } = request;
    let best: Candidate | undefined;
    const consider = (routes: readonly Route[] | undefined, parts: readonly string[]) => {
      for (const route of routes ?? []) {
        const candidate = matchPath(route.pattern, parts) && match(route, request);
        if (candidate && (!best || better(candidate, best))) best = candidate;
      }
    };
    const parts = pathParts(path);
    consider(this.#plain.get(`${method} ${parts.length}`), parts);
    const greedy = this.#greedy.get(method);
    if (greedy) consider(greedy, pathParts(path, 'with a last slash'));
    return best?.operation;
  }
}

function add(routes: Map<string, Route[]>, key: string, route: Route): void {
  const list = routes.get(key);
  if (list) list.push(route);
  else routes.set(key, [route]);
}

function match(route: Route, { query, headers }: RoutedRequest): Candidate | undefined {
  const { pattern, required } = route;
  for (const [name, value] of pattern.query) {
    if (!query.has(name) || (value !== '' && query.get(name) !== value)) return undefined;
  }
  const complete = required.every(({ shape: { traits } }) =>
    traits.httpQuery === undefined
      ? headers[traits.httpHeader!.toLowerCase()] !== undefined
      : query.has(traits.httpQuery),
  );
  const named = pattern.operationId !== undefined && pattern.operationId === query.get('x-id');
  return { ...route, complete, named };
}

function better(one: Candidate, other: Candidate): boolean {
  if (one.named !== other.named) return one.named;
  if (one.complete !== other.complete) return one.complete;
  if (one.literals !== other.literals) return one.literals > other.literals;
  return one.required.length > other.required.length;
}
