import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Fault } from '../errors.ts';
import type { OperationModel, ServiceIdentity } from '../shapes/model.ts';
import type { Shape } from '../shapes/shape.ts';

export type Input = Record<string, unknown>;

/** A request whose body was collected and unpacked, or, where the operation streams it, is still to come. */
export interface WireRequest {
  method: string;
  /** Still percent-encoded, without the query. */
  path: string;
  /** Still percent-encoded, without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Uint8Array;
  /** Given to operations that stream their input, instead of `body`. */
  stream?: Readable;
}

export type AnswerBody = string | Uint8Array | Readable | AsyncIterable<Uint8Array>;

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: AnswerBody;
}

export interface WholeAnswer extends WireAnswer {
  body: string | Uint8Array;
}

/** An error on its way to a client, the same for all protocols. */
export interface Failure {
  /** The name of the exception's shape. */
  name: string;
  /** What the query protocols call it, which may differ. */
  queryCode: string;
  status: number;
  fault: Fault;
  message: string;
  /** With the members that the service declares, where it declares the error. */
  shape: Shape | undefined;
  members: Readonly<Record<string, unknown>>;
}

/** Which service answers, and for which request. */
export interface AnswerContext {
  service: ServiceIdentity;
  requestId: string;
}

/** One wire format, in the direction of a server. Has no state: the same value serves all requests. */
export interface Protocol {
  /** The code of a request that can't be read. */
  readonly malformedCode: string;
  /** The code of a constraint that an input breaks, unless the service has another. */
  readonly validationCode: string;
  /** The code of an operation that does not exist. */
  readonly unknownOperationCode: string;
  /** @throws MalformedValue */
  decode(operation: OperationModel, request: WireRequest): Input;
  encode(operation: OperationModel, output: unknown, context: AnswerContext): WireAnswer;
  encodeFailure(failure: Failure, context: AnswerContext): WireAnswer;
}
