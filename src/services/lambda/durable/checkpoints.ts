import type {
  CheckpointDurableExecutionRequest,
  ErrorObject,
  GetDurableExecutionStateRequest,
} from '@aws-sdk/client-lambda';
import { invalidParameter } from '../errors.ts';
import { completeDue } from './completions.ts';
import type { Durable } from './durable.ts';
import { executionArn, readToken, writeToken } from './execution-arn.ts';
import type { ExecutionRecord, StoredOperation } from './records.ts';
import { type StatePage, statePage } from './state-page.ts';
import { checkBatch } from './update-checks.ts';
import { applyUpdate } from './updates.ts';

export interface Checkpointed {
  /** None once the execution has ended. */
  token: string | undefined;
  /** What the function was not told of before. */
  operations: StoredOperation[];
}

const USUAL_ITEMS = 100;
const LARGEST_PAGE = 5_242_880;

/** What functions of running invocations tell of their executions, and ask. */
export class Checkpoints {
  readonly #durable: Durable;
  /** The last answer to each execution, for a client that asks again because it did not get it. */
  readonly #answers = new Map<number, { clientToken: string; token: string; answer: Checkpointed }>();

  constructor(durable: Durable) {
    this.#durable = durable;
    durable.onEnd = (key) => this.#answers.delete(key);
  }

  /** All of its updates are taken, or none. @throws InvalidParameterValueException */
  checkpoint(input: CheckpointDurableExecutionRequest): Checkpointed {
    const { CheckpointToken, ClientToken, Updates = [] } = input;
    const record = this.#find(input.DurableExecutionArn!, CheckpointToken!);
    const { engine, chained } = this.#durable;
    const { key } = record;
    const last = this.#answers.get(key);
    if (last && last.clientToken === ClientToken && last.token === CheckpointToken) return last.answer;
    checkCurrent(record, CheckpointToken!);
    checkBatch(Updates);
    const answer = engine.change(key, (edit, after) => {
      for (const update of Updates) {
        applyUpdate(edit, update, {
          startChained: (_, operation) => chained.start(edit, after, operation, update),
          endExecution: () => {
            if (update.Action === 'SUCCEED') {
              engine.conclude(edit, after, 'SUCCEEDED', { result: update.Payload });
            } else engine.conclude(edit, after, 'FAILED', { error: update.Error ?? ({} as ErrorObject) });
          },
        });
      }
      if (edit.isRunning) completeDue(edit);
      edit.record.sequence++;
      const operations = edit.takeNews();
      return { token: edit.isRunning ? writeToken(edit.record) : undefined, operations };
    })!;
    if (ClientToken === undefined) this.#answers.delete(key);
    else this.#answers.set(key, { clientToken: ClientToken, token: CheckpointToken!, answer });
    return answer;
  }

  /** @throws InvalidParameterValueException */
  state(input: GetDurableExecutionStateRequest): StatePage {
    const { CheckpointToken, Marker, MaxItems } = input;
    const record = this.#find(input.DurableExecutionArn!, CheckpointToken!);
    checkCurrent(record, CheckpointToken!);
    const page = { items: MaxItems || USUAL_ITEMS, bytes: LARGEST_PAGE };
    return statePage(this.#durable.stores, record, { marker: Marker || undefined, ...page });
  }

  #find(arn: string, text: string): ExecutionRecord {
    const token = readToken(text);
    const record = token && this.#durable.stores.executions.byId(token.id);
    if (!record || executionArn(record) !== arn) throw invalidToken();
    return record;
  }
}

/** Only the invocation that is under way may go on, from its last checkpoint. */
function checkCurrent(record: ExecutionRecord, text: string): void {
  const { invocation, sequence } = readToken(text)!;
  const isCurrent =
    record.status === 'RUNNING' &&
    record.invoking &&
    invocation === record.invocation &&
    sequence === record.sequence;
  if (!isCurrent) throw invalidToken();
}

/** The SDKs know it by its beginning. */
function invalidToken(): Error {
  return invalidParameter('Invalid checkpoint token');
}
