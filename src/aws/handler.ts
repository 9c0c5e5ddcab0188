import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '../storage/scope.ts';
import { type Call, partitionOf, type ServiceCaller } from './call.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { MalformedValue, WireError } from './errors.ts';
import { Exchange } from './exchange.ts';
import { isBug, toFailure } from './failure.ts';
import { guessProtocol, type Identified, identify } from './identify.ts';
import { PROTOCOLS } from './protocols/index.ts';
import type { Input, Protocol, WholeAnswer, WireAnswer, WireRequest } from './protocols/protocol.ts';
import { rootOf, type ScopeOptions, scopeOf } from './scope.ts';
import { sendAnswer } from './send-answer.ts';
import type { Service, ServiceEntry } from './service.ts';
import type { OperationModel, ProtocolName, ServiceIdentity } from './shapes/model.ts';
import { inWordsOf } from './signature/words.ts';
import type { Strict } from './strict.ts';
import { validate } from './validation.ts';

export interface AwsOptions extends ScopeOptions {
  services: readonly ServiceEntry[];
  /** Where callers have to prove who they are, and need the right to what they do. */
  strict?: Strict | undefined;
  /** A call that we have nothing for: told once for each operation. */
  onMissing(message: string): void;
  /** A bug of ours. The client is told only that there was one. */
  onError(error: unknown, requestId: string): void;
}

/** A call without a query, of a service that speaks REST and JSON, whose answer is whole. */
export interface ReadRequest {
  service: string;
  operation: string;
  input: object;
  headers: IncomingHttpHeaders;
  client: Client;
}

/** Who called. */
interface Client {
  /** Aborts when it has gone away. */
  readonly signal: AbortSignal;
}

interface Caller {
  credentials: Credentials | undefined;
  headers: IncomingHttpHeaders;
  client: Client;
}

interface Refused {
  protocol: ProtocolName;
  service: Service | undefined;
  requestId: string;
}

/** How one service calls another. */
export type Perform = AwsHandler['perform'];

/** The AWS API: finds the service and the operation of a request, and answers in the protocol that it speaks. */
export class AwsHandler {
  readonly #options: AwsOptions;
  readonly #loaded = new Map<ServiceEntry, Promise<Service>>();
  readonly #reported = new Set<string>();

  constructor(options: AwsOptions) {
    this.#options = options;
  }

  /** Loads the services that go on with what they had begun before the daemon was started anew. */
  async resume(): Promise<void> {
    const { services } = this.#options;
    await Promise.all(services.filter(({ resumes }) => resumes).map((entry) => this.#load(entry)));
  }

  /** A request that is for what a service serves beside its API. Rejects with bugs only. */
  async serve(name: string, req: IncomingMessage, res: ServerResponse, foreign: boolean): Promise<void> {
    const entry = this.#options.services.find(({ identity }) => identity.name === name);
    const service = entry && (await this.#load(entry));
    if (!service?.serve) throw new Error(`the service ${name} serves nothing but its API`);
    await service.serve(req, res, foreign);
  }

  /**
   * Calls an operation for a service of ours, as the root of an account, or as the service itself. Rejects with the
   * operation's own errors, and with WireError where there is none.
   */
  async perform(
    service: string,
    operation: string,
    input: object,
    scope: Scope,
    as?: ServiceCaller,
  ): Promise<unknown> {
    const entry = this.#options.services.find(({ identity }) => identity.name === service);
    const run = entry && (await this.#load(entry)).operations[operation];
    if (!run)
      throw new WireError('NotImplemented', 501, `lambdock does not implement ${service} ${operation} yet`);
    const { clock } = this.#options;
    const partition = partitionOf(scope.region);
    const caller = rootOf(scope.account, partition);
    const identity = {
      accessKeyId: undefined,
      sessionToken: undefined,
      requestId: randomUUID(),
      traceHeader: undefined,
    };
    const call: Call = { ...scope, ...identity, partition, caller, service: as, clock, signal: NEVER };
    return run(input as never, call);
  }

  /** Calls an operation for a client whose request others have read, as it would have been here. Never rejects. */
  async answer({ service: name, operation, input, headers, client }: ReadRequest): Promise<WholeAnswer> {
    const requestId = randomUUID();
    const protocol: ProtocolName = 'rest-json';
    let service: Service | undefined;
    try {
      service = await this.#load(this.#options.services.find(({ identity }) => identity.name === name)!);
      const call = this.#call(
        { credentials: readCredentials(headers, NO_PARAMETERS), headers, client },
        requestId,
      );
      const { model, operations } = service;
      const output = await operations[operation]!(input as never, call);
      const context = { service: model.identity, requestId };
      return PROTOCOLS[protocol].encode(model.operations.get(operation)!, output, context) as WholeAnswer;
    } catch (error) {
      if (client.signal.aborted && error === client.signal.reason) return TO_NOBODY;
      return this.#refuse(error, { protocol, service, requestId }) as WholeAnswer;
    }
  }

  /** Never rejects for what a client may send. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const exchange = new Exchange(req, res, this.#options.clock, this.#options.strict !== undefined);
    let protocol: ProtocolName | undefined;
    let service: Service | undefined;
    try {
      const identified = identify(this.#options.services, await exchange.readSigns());
      protocol = identified.protocol;
      service = await this.#load(identified.entry);
      await this.#answer(exchange, identified, service, requestId);
    } catch (error) {
      // An operation gave up because its caller did: nobody is left to answer.
      if (exchange.signal.aborted && error === exchange.signal.reason) return;
      protocol ??= guessProtocol(exchange.signs);
      await sendAnswer(res, this.#refuse(error, { protocol, service, requestId }));
    }
  }

  /** The answer that tells an error, in the words of a protocol. */
  #refuse(error: unknown, { protocol, service, requestId }: Refused): WireAnswer {
    if (error instanceof WireError && error.status === 501) this.#report(error.message);
    if (isBug(error)) this.#options.onError(error, requestId);
    const spoken = PROTOCOLS[protocol];
    const failure = toFailure(inWordsOf(protocol, error), spoken, service?.model);
    const identity = service?.model.identity ?? NOBODY;
    return spoken.encodeFailure(failure, { service: identity, requestId });
  }

  async #answer(
    exchange: Exchange,
    { protocol: name, operation: named }: Identified,
    service: Service,
    requestId: string,
  ): Promise<void> {
    const protocol = PROTOCOLS[name];
    const { model, operations, constraints } = service;
    const operation = findOperation(service, exchange, named);
    if (!operation) throw unknownOperation(model.identity, protocol.unknownOperationCode, exchange, named);
    // Before the body: who may not call need not send it.
    await this.#options.strict?.authenticate(exchange, operation, service, name);
    const { credentials, req } = exchange;
    const call = this.#call({ credentials, headers: req.headers, client: exchange }, requestId);
    const run = Object.hasOwn(operations, operation.name) ? operations[operation.name] : undefined;
    if (!run) {
      const what = `${model.identity.sdkId} ${operation.name}`;
      throw new WireError('NotImplemented', 501, `lambdock does not implement ${what} yet`);
    }
    const input = decode(protocol, operation, await exchange.request(operation, model.identity));
    const code = model.identity.validationCode ?? protocol.validationCode;
    const { hidesValues } = model.identity;
    service.precheck?.(input as object);
    if (operation.input.kind === 'structure')
      validate(operation.input, input, constraints, { code, hidesValues });
    this.#options.strict?.authorize(service, operation, input, call, name);
    const output = await run(input as never, call);
    const answer = protocol.encode(operation, output ?? {}, { service: model.identity, requestId });
    await sendAnswer(exchange.res, answer);
  }

  #call({ credentials, headers, client }: Caller, requestId: string): Call {
    const { clock } = this.#options;
    const { account, region, partition, caller } = scopeOf(credentials, this.#options);
    const { accessKeyId, sessionToken } = credentials ?? {};
    const trace = headers['x-amzn-trace-id'];
    const traceHeader = Array.isArray(trace) ? trace[0] : trace;
    if (credentials) {
      this.#options.identities.used(caller, credentials.accessKeyId, credentials.region, credentials.service);
    }
    return {
      account,
      region,
      partition,
      caller,
      accessKeyId,
      sessionToken,
      requestId,
      traceHeader,
      clock,
      // Most calls never look at it.
      get signal() {
        return client.signal;
      },
    };
  }

  #load(entry: ServiceEntry): Promise<Service> {
    let service = this.#loaded.get(entry);
    if (!service) {
      service = entry.load();
      this.#loaded.set(entry, service);
    }
    return service;
  }

  #report(message: string): void {
    if (this.#reported.has(message)) return;
    // What clients make up must not fill the memory.
    if (this.#reported.size < 1_000) this.#reported.add(message);
    this.#options.onMissing(message);
  }
}

/** An operation gave up because its caller has gone away. */
const TO_NOBODY: WholeAnswer = { status: 400, headers: {}, body: '' };

const NO_PARAMETERS = new URLSearchParams();

/** What a service does for another is not given up halfway. */
const NEVER = new AbortController().signal;

/** Whom an error comes from that no service could be found for. */
const NOBODY: ServiceIdentity = {
  name: '',
  sdkId: '',
  signingName: '',
  version: '',
  target: '',
  namespace: 'lambdock',
  xmlNamespace: 'http://webservices.amazon.com/AWSFault/2005-15-09',
  protocols: [],
};

/** Recursive schemas allow a depth that our stack does not. */
function decode(protocol: Protocol, operation: OperationModel, request: WireRequest): Input {
  try {
    return protocol.decode(operation, request);
  } catch (error) {
    throw error instanceof RangeError ? new MalformedValue('The request is nested too deeply') : error;
  }
}

function findOperation(
  { model }: Service,
  { method, path, parameters: query, req: { headers } }: Exchange,
  named: string | undefined,
): OperationModel | undefined {
  if (named !== undefined) return model.operations.get(named);
  return model.routes.find({ method, path, query, headers });
}

function unknownOperation(
  { version }: ServiceIdentity,
  code: string,
  { method, path }: Exchange,
  named: string | undefined,
): WireError {
  if (named === undefined)
    return new WireError(code, 404, `No operation is at ${method} ${path.slice(0, 500)}`);
  const shown = named.slice(0, 200);
  return new WireError(code, 400, `Could not find operation ${shown} for version ${version}`);
}
