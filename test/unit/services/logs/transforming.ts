import type { Processor } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'vitest';
import type { LogsServer } from './support.ts';

/** What becomes of one message; undefined where nothing does. */
export async function transformedBy(
  { client }: LogsServer,
  message: string,
  transformerConfig: Processor[],
): Promise<unknown> {
  const { transformedLogs } = await client.testTransformer({
    transformerConfig,
    logEventMessages: [message],
  });
  const [log] = transformedLogs!;
  expect(log).toMatchObject({ eventNumber: 1, eventMessage: message });
  return log!.transformedEventMessage && JSON.parse(log!.transformedEventMessage);
}
