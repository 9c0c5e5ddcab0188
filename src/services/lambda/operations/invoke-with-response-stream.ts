import type {
  InvokeWithResponseStreamCommandInput,
  InvokeWithResponseStreamCommandOutput,
  InvokeWithResponseStreamResponseEvent,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import type { StreamedOutcome } from '../../../execution/function-host.ts';
import { streamed, waitForDurable } from '../durable/durable-invoke.ts';
import { readPayload } from '../invocation-payload.ts';
import { asThrottling, findTarget, readyVersion, toInvocation } from '../invoking.ts';
import type { Lambda } from '../lambda.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html */
export function invokeWithResponseStream(
  lambda: Lambda,
): Operation<InvokeWithResponseStreamCommandInput, InvokeWithResponseStreamCommandOutput> {
  return async (input, call) => {
    const { InvocationType = 'RequestResponse', LogType, ClientContext } = input;
    const target = findTarget(lambda, input, call);
    const payload = readPayload(input.Payload as Uint8Array | undefined, InvocationType);
    if (InvocationType === 'DryRun') return { StatusCode: 204 };
    const wantsLog = LogType === 'Tail';
    if (target.record.settings.DurableConfig) {
      const outcome = streamed(await waitForDurable(lambda.durable, target, payload, call));
      const ExecutedVersion = target.record.version;
      return { StatusCode: 200, ExecutedVersion, EventStream: events(outcome, wantsLog) };
    }
    const invocation = toInvocation(target, payload, ClientContext, call, wantsLog);
    try {
      const version = await readyVersion(lambda, target, call);
      const outcome = await lambda.host.invokeStreaming(version, invocation);
      return {
        StatusCode: 200,
        ExecutedVersion: target.record.version,
        EventStream: events(outcome, wantsLog),
      };
    } catch (error) {
      throw asThrottling(error);
    }
  };
}

/** Chunks as the function writes them, then how it ended. */
async function* events(
  { body, end }: StreamedOutcome,
  withLog: boolean,
): AsyncGenerator<InvokeWithResponseStreamResponseEvent> {
  try {
    for await (const chunk of body) yield { PayloadChunk: { Payload: chunk as Uint8Array<ArrayBuffer> } };
  } catch {
    // Why it broke off is in `end`.
  }
  const { errorCode, errorDetails, logTail } = await end;
  yield {
    InvokeComplete: {
      ...(errorCode === undefined ? {} : { ErrorCode: errorCode }),
      ...(errorDetails === undefined ? {} : { ErrorDetails: errorDetails }),
      ...(withLog ? { LogResult: Buffer.from(logTail).toString('base64') } : {}),
    },
  };
}
