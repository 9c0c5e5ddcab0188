import { type FunctionRef, functionArn } from '../names.ts';
import { readOpaque, writeOpaque } from '../opaque.ts';
import type { ExecutionRecord } from './records.ts';

const FORM =
  /^arn:[a-zA-Z0-9-]+:lambda:([a-zA-Z0-9-]+):(\d{12}):function:([a-zA-Z0-9_-]+):(\$LATEST|[0-9]+)\/durable-execution\/([a-zA-Z0-9_-]+)\/([a-zA-Z0-9_-]+)$/;

/** `arn:aws:lambda:us-east-1:000000000000:function:name:1/durable-execution/<name>/<id>` */
export function executionArn({
  ref,
  version,
  name,
  id,
}: Pick<ExecutionRecord, 'ref' | 'version' | 'name' | 'id'>): string {
  return `${functionArn(ref, version)}/durable-execution/${name}/${id}`;
}

/** The last part of an execution's ARN, and the account and region it names; undefined for an ARN of anything else. */
export function parseExecutionArn(arn: string): { scope: FunctionRef['scope']; id: string } | undefined {
  const [, region, account, , , , id] = FORM.exec(arn) ?? [];
  return region && account && id ? { scope: { account, region }, id } : undefined;
}

/** What a function proves with that its checkpoint is the next one of its invocation. */
export interface CheckpointToken {
  /** Of the execution. */
  id: string;
  invocation: number;
  sequence: number;
}

export function writeToken({ id, invocation, sequence }: CheckpointToken): string {
  return writeOpaque(id, invocation, sequence);
}

export function readToken(token: string): CheckpointToken | undefined {
  const [id, invocation, sequence] = readOpaque(token);
  if (typeof id !== 'string' || typeof invocation !== 'number' || typeof sequence !== 'number')
    return undefined;
  return { id, invocation, sequence };
}

/** By which an external system answers. */
export function writeCallbackId(id: string, operation: string): string {
  return writeOpaque(id, operation);
}

export function readCallbackId(text: string): { id: string; operation: string } | undefined {
  const [id, operation] = readOpaque(text);
  return typeof id === 'string' && typeof operation === 'string' ? { id, operation } : undefined;
}
