import { Readable } from 'node:stream';
import type {
  FunctionHost,
  FunctionVersion,
  Invocation,
  Outcome,
  StreamedOutcome,
} from '../../../src/execution/function-host.ts';

export interface FakeInvocation {
  fn: FunctionVersion;
  invocation: Invocation;
}

/** Answers invocations by `answer`, and notes what it was asked. */
export class FakeHost implements FunctionHost {
  readonly invocations: FakeInvocation[] = [];
  readonly retired: string[] = [];
  /** By default a function answers what it is given. */
  answer: (asked: FakeInvocation) => Promise<Partial<Outcome>> | Partial<Outcome> = ({ invocation }) => ({
    payload: invocation.payload,
  });
  chunks: string[] = [];
  /** Of streamed answers. */
  contentType = 'application/octet-stream';
  /** How streamed answers end. */
  streamError: string | undefined;
  /** By ARN. */
  readonly reserved = new Map<string, number>();
  /** What was asked for last, by ARN and version. */
  readonly provisioned = new Map<string, number>();
  provision: () => Promise<void> = () => Promise.resolve();

  async invoke(fn: FunctionVersion, invocation: Invocation): Promise<Outcome> {
    this.invocations.push({ fn, invocation });
    const outcome = await this.answer({ fn, invocation });
    return { payload: Buffer.from('null'), logTail: Buffer.from(`log of ${fn.version}\n`), ...outcome };
  }

  async invokeStreaming(fn: FunctionVersion, invocation: Invocation): Promise<StreamedOutcome> {
    this.invocations.push({ fn, invocation });
    return {
      contentType: this.contentType,
      body: Readable.from(this.chunks.map((chunk) => Buffer.from(chunk))),
      end: Promise.resolve({
        logTail: Buffer.from('log\n'),
        ...(this.streamError === undefined ? {} : { errorCode: this.streamError }),
      }),
    };
  }

  check(): Promise<{ warning?: string; unsupported?: string }> {
    return Promise.resolve({});
  }

  findImage(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  retire(functionArn: string): void {
    this.retired.push(functionArn);
  }

  setAccountLimit(): void {}

  setReserved(functionArn: string, concurrency: number | undefined): void {
    if (concurrency === undefined) this.reserved.delete(functionArn);
    else this.reserved.set(functionArn, concurrency);
  }

  setProvisioned({ functionArn, version }: FunctionVersion, concurrency: number): Promise<void> {
    const place = `${functionArn}:${version}`;
    if (concurrency === 0) this.provisioned.delete(place);
    else this.provisioned.set(place, concurrency);
    return this.provision();
  }

  state() {
    return { environments: 0, busy: 0, byFunction: new Map() };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
