import type { DurableConfig } from '@aws-sdk/client-lambda';
import { invalidParameter } from '../errors.ts';

const USUAL_RETENTION = 14;

/** Of a function that is created. @throws InvalidParameterValueException */
export function newDurableConfig({
  ExecutionTimeout,
  RetentionPeriodInDays = USUAL_RETENTION,
  KMSKeyArn,
}: DurableConfig): DurableConfig {
  if (ExecutionTimeout === undefined) {
    throw invalidParameter(
      'You cannot create a function with a durable configuration without an executionTimeout',
    );
  }
  return { RetentionPeriodInDays, ExecutionTimeout, ...(KMSKeyArn ? { KMSKeyArn } : {}) };
}

/**
 * Of a function that is one already: only at its creation can a function be made durable. Executions keep what they started with.
 *
 * @throws InvalidParameterValueException
 */
export function changeDurableConfig(before: DurableConfig | undefined, given: DurableConfig): DurableConfig {
  if (!before) {
    throw invalidParameter(
      'You cannot update the durable configuration of a function that was created without one',
    );
  }
  const { KMSKeyArn = before.KMSKeyArn } = given;
  const { ExecutionTimeout = before.ExecutionTimeout, RetentionPeriodInDays = before.RetentionPeriodInDays } =
    given;
  return { RetentionPeriodInDays, ExecutionTimeout, ...(KMSKeyArn ? { KMSKeyArn } : {}) };
}
