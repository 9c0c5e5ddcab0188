import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { invokeDurable, notDurable } from '../durable/durable-invoke.ts';
import { readClientContext, readPayload } from '../invocation-payload.ts';
import { asThrottling, findTarget, readyVersion, toInvocation } from '../invoking.ts';
import type { Lambda } from '../lambda.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function invoke(lambda: Lambda): Operation<InvokeCommandInput, InvokeCommandOutput> {
  return async (input, call) => {
    const { InvocationType = 'RequestResponse', LogType, ClientContext } = input;
    const target = findTarget(lambda, input, call);
    const payload = readPayload(input.Payload as Uint8Array | undefined, InvocationType);
    if (target.record.settings.DurableConfig) {
      return invokeDurable(lambda.durable, target, payload, input, call);
    }
    if (input.DurableExecutionName !== undefined) throw notDurable();
    if (InvocationType === 'DryRun') return { StatusCode: 204 };
    if (InvocationType === 'Event') {
      const clientContext = readClientContext(ClientContext);
      lambda.queue.enqueue({
        scope: target.ref.scope,
        partition: target.ref.partition,
        name: target.ref.name,
        qualifier: target.ref.qualifier,
        requestId: call.requestId,
        payload,
        clientContext,
        traceHeader: call.traceHeader,
      });
      return { StatusCode: 202 };
    }
    const wantsLog = LogType === 'Tail';
    const invocation = toInvocation(target, payload, ClientContext, call, wantsLog);
    try {
      const outcome = await lambda.host.invoke(await readyVersion(lambda, target, call), invocation);
      return {
        StatusCode: 200,
        Payload: outcome.payload as NonNullable<InvokeCommandOutput['Payload']>,
        ExecutedVersion: target.record.version,
        ...(outcome.functionError ? { FunctionError: outcome.functionError } : {}),
        ...(wantsLog ? { LogResult: Buffer.from(outcome.logTail).toString('base64') } : {}),
      };
    } catch (error) {
      throw asThrottling(error);
    }
  };
}
