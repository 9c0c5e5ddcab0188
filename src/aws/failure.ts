import { MalformedValue, WireError } from './errors.ts';
import type { Failure, Protocol } from './protocols/protocol.ts';
import type { ServiceModel } from './shapes/model.ts';

const BUG = 'The request processing has failed because of an unknown error, exception or failure.';

/** What an SDK's exception has; they are classes of many packages, so that `instanceof` would not find all. */
interface ServiceException extends Error {
  $fault: 'client' | 'server';
  $metadata?: { httpStatusCode?: number };
}

/** How an error is told to the client. A bug is told as such, and nothing of it. */
export function toFailure(error: unknown, protocol: Protocol, model: ServiceModel | undefined): Failure {
  if (error instanceof WireError) return plain(error.code, error.status, error.message);
  if (error instanceof MalformedValue) return plain(protocol.malformedCode, 400, error.message);
  if (isServiceException(error)) return fromException(error, model);
  return plain(model?.identity.s3Like ? 'InternalError' : 'InternalFailure', 500, BUG);
}

/** Whether an error is ours to look into, and not the client's. */
export function isBug(error: unknown): boolean {
  return !(error instanceof WireError || error instanceof MalformedValue || isServiceException(error));
}

function fromException(error: ServiceException, model: ServiceModel | undefined): Failure {
  const shape = model?.error(error.name);
  const { httpError, awsQueryError, error: fault = error.$fault } = shape?.traits ?? {};
  const [queryCode = error.name, queryStatus] = awsQueryError ?? [];
  const usual = fault === 'client' ? 400 : 500;
  return {
    name: error.name,
    queryCode,
    status: queryStatus ?? httpError ?? error.$metadata?.httpStatusCode ?? usual,
    fault,
    message: error.message,
    shape,
    members: error as unknown as Readonly<Record<string, unknown>>,
  };
}

function plain(code: string, status: number, message: string): Failure {
  const fault = status < 500 ? 'client' : 'server';
  return { name: code, queryCode: code, status, fault, message, shape: undefined, members: {} };
}

function isServiceException(error: unknown): error is ServiceException {
  return (
    error instanceof Error && '$fault' in error && (error.$fault === 'client' || error.$fault === 'server')
  );
}
