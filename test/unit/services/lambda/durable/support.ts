import type {
  CheckpointDurableExecutionResponse,
  CreateFunctionRequest,
  Event,
  EventType,
  GetDurableExecutionResponse,
  InvokeCommandOutput,
  OperationUpdate,
} from '@aws-sdk/client-lambda';
import type { FakeInvocation } from '../../../../support/aws/fake-host.ts';
import { type LambdaServer, startLambda } from '../support.ts';

export type Updates = OperationUpdate[];

/** What a durable function is invoked with, as the SDKs read it. */
export interface DurableEvent {
  DurableExecutionArn: string;
  CheckpointToken: string;
  InitialExecutionState: { Operations: EventOperation[]; NextMarker: string };
  UpdatedOperationIds: string[];
}

/** Dates are milliseconds here. */
export interface EventOperation {
  Id: string;
  Type: string;
  Status: string;
  StartTimestamp: number;
  ExecutionDetails?: { InputPayload: string };
  StepDetails?: { Attempt: number; Result?: string; NextAttemptTimestamp?: number };
  CallbackDetails?: { CallbackId: string; Result?: string; Error?: object };
  ChainedInvokeDetails?: { Result?: string; Error?: object };
}

/** One invocation of a durable function in a test. */
export class DurableInvocation {
  readonly event: DurableEvent;
  readonly name: string;
  token: string;
  readonly #it: LambdaServer;

  constructor(it: LambdaServer, { fn, invocation }: FakeInvocation) {
    this.#it = it;
    this.name = fn.name;
    this.event = JSON.parse(Buffer.from(invocation.payload).toString()) as DurableEvent;
    this.token = this.event.CheckpointToken;
  }

  get arn(): string {
    return this.event.DurableExecutionArn;
  }

  get input(): unknown {
    const [execution] = this.event.InitialExecutionState.Operations;
    return JSON.parse(execution!.ExecutionDetails!.InputPayload);
  }

  /** An operation by its id, as it came with the event. */
  operation(id: string): EventOperation | undefined {
    return this.event.InitialExecutionState.Operations.find(({ Id }) => Id === id);
  }

  async checkpoint(...Updates: Updates): Promise<CheckpointDurableExecutionResponse> {
    const answer = await this.#it.lambda.checkpointDurableExecution({
      DurableExecutionArn: this.arn,
      CheckpointToken: this.token,
      Updates,
    });
    this.token = answer.CheckpointToken ?? 'none';
    return answer;
  }
}

export const pending = { Status: 'PENDING' };
export const succeed = (result?: unknown) => ({
  Status: 'SUCCEEDED',
  ...(result === undefined ? {} : { Result: JSON.stringify(result) }),
});
export const fail = (ErrorType: string, ErrorMessage: string) => ({
  Status: 'FAILED',
  Error: { ErrorType, ErrorMessage },
});

export type DurableHandler = (invocation: DurableInvocation) => Promise<unknown> | unknown;

export interface DurableServer extends LambdaServer {
  /** What durable functions do, by name. */
  handlers: Map<string, DurableHandler>;
  createDurable(name: string, handler: DurableHandler, more?: Partial<CreateFunctionRequest>): Promise<void>;
  /** Starts an execution of the function's $LATEST, and lets it come to a stop. Its ARN. */
  start(name: string, payload?: unknown, executionName?: string): Promise<string>;
  /** Waits for its end without moving the clock. */
  invoke(name: string, payload?: unknown, executionName?: string): Promise<InvokeCommandOutput>;
  /** Moves the clock, and lets all functions come to a stop. */
  advance(milliseconds: number): Promise<void>;
  execution(arn: string): Promise<GetDurableExecutionResponse>;
  /** Types of its events. */
  history(arn: string): Promise<string[]>;
  /** Its events of one type. */
  events(arn: string, type: EventType): Promise<Event[]>;
}

/** Lambda with durable functions that are only pretended to run. */
export async function startDurable(options: Parameters<typeof startLambda>[0] = {}): Promise<DurableServer> {
  const it = await startLambda(options);
  const handlers = new Map<string, DurableHandler>();
  let running = 0;
  it.host.answer = async (asked) => {
    running++;
    try {
      const handler = handlers.get(asked.fn.name);
      if (!handler) return { payload: asked.invocation.payload };
      const answer = await handler(new DurableInvocation(it, asked));
      return { payload: Buffer.from(JSON.stringify(answer)) };
    } catch (error) {
      const { name, message } = error as Error;
      const payload = Buffer.from(JSON.stringify({ errorType: name, errorMessage: message }));
      return { payload, functionError: 'Unhandled' };
    } finally {
      running--;
    }
  };
  const settle = async () => {
    await it.arrived(() => running === 0);
    for (let turn = 0; turn < 5; turn++) await it.clock.advance(0);
    if (running > 0) await settle();
  };
  const eventsOf = async (DurableExecutionArn: string) => {
    const { Events } = await it.lambda.getDurableExecutionHistory({ DurableExecutionArn });
    return Events!;
  };
  return {
    ...it,
    handlers,
    createDurable: async (name, handler, more = {}) => {
      handlers.set(name, handler);
      await it.create(name, { DurableConfig: { ExecutionTimeout: 600 }, ...more });
    },
    start: async (name, payload = {}, executionName) => {
      const { StatusCode, DurableExecutionArn } = await it.lambda.invoke({
        FunctionName: name,
        Qualifier: '$LATEST',
        InvocationType: 'Event',
        Payload: JSON.stringify(payload),
        DurableExecutionName: executionName,
      });
      if (StatusCode !== 202) throw new Error(`it answered ${StatusCode}`);
      await settle();
      return DurableExecutionArn!;
    },
    invoke: (name, payload = {}, executionName) =>
      it.lambda.invoke({
        FunctionName: name,
        Qualifier: '$LATEST',
        Payload: JSON.stringify(payload),
        DurableExecutionName: executionName,
      }),
    advance: async (milliseconds) => {
      await it.clock.advance(milliseconds);
      await settle();
    },
    execution: (DurableExecutionArn) => it.lambda.getDurableExecution({ DurableExecutionArn }),
    history: async (arn) => (await eventsOf(arn)).map(({ EventType }) => EventType!),
    events: async (arn, type) => (await eventsOf(arn)).filter(({ EventType }) => EventType === type),
  };
}
