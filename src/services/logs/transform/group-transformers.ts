import type { LogsEngine } from '../engine.ts';
import { TimeGuard, TookTooLong } from '../insights/time-guard.ts';
import type { LogGroupRow } from '../store/groups.ts';
import { transformers } from '../stored.ts';
import { TransformerProblem } from './event.ts';
import { EventTransformer } from './transformer.ts';

/** An event of a group, as far as transformers are concerned. */
export interface EventToTransform {
  stream: string;
  message: string;
  ingested: number;
}

interface GroupTransformer {
  transformer: EventTransformer;
  /** Events that came before it are left as they are. */
  since: number;
}

/** Longer than it takes for a message of a megabyte on a machine that has much else to do. */
const LONGEST = 1_000;
const MOST_GROUPS = 10_000;

/** The transformers of all groups, read once each. */
export class GroupTransformers {
  readonly #logs: LogsEngine;
  readonly #onError: (error: unknown) => void;
  readonly #guard = new TimeGuard(LONGEST);
  readonly #byGroup = new Map<number, GroupTransformer | undefined>();

  constructor({ logs, onError }: { logs: LogsEngine; onError(error: unknown): void }) {
    this.#logs = logs;
    this.#onError = onError;
  }

  /** A transformer was put or deleted. */
  changed(): void {
    this.#byGroup.clear();
  }

  /**
   * An event as JSON; undefined where there is nothing to transform it. For callers that see to it that users' regular
   * expressions end.
   */
  transformUnguarded(group: LogGroupRow, event: EventToTransform): string | undefined {
    const found = this.#of(group);
    if (!found || event.ingested < found.since) return undefined;
    const { stream, message } = event;
    const { name, account, region } = group;
    return found.transformer.transform({ message, group: name, stream, account, region });
  }

  /** The message of an event as JSON, or as it is where there is nothing to transform it. */
  transform(group: LogGroupRow, event: EventToTransform): string {
    if (!this.#of(group)) return event.message;
    try {
      return this.#guard.run(() => this.transformUnguarded(group, event)) ?? event.message;
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      // Once is enough: PutLogEvents waits for it.
      this.#byGroup.set(group.id, undefined);
      this.#onError(new Error(`The transformer of ${group.name} took too long, and is not used any more`));
      return event.message;
    }
  }

  #of(group: LogGroupRow): GroupTransformer | undefined {
    if (this.#byGroup.has(group.id)) return this.#byGroup.get(group.id);
    const found = this.#read(group);
    if (this.#byGroup.size >= MOST_GROUPS) this.#byGroup.clear();
    this.#byGroup.set(group.id, found);
    return found;
  }

  #read(group: LogGroupRow): GroupTransformer | undefined {
    const stored = transformers(this.#logs).get(group, group.name, '');
    if (!stored) return undefined;
    try {
      return { transformer: new EventTransformer(stored.transformerConfig), since: stored.lastModifiedTime };
    } catch (error) {
      if (!(error instanceof TransformerProblem)) throw error;
      // It was stored by a version that looked less closely.
      this.#onError(new Error(`The transformer of ${group.name} is not used: ${error.message}`));
      return undefined;
    }
  }
}
