import {
  DeleteConflictException,
  EntityAlreadyExistsException,
  InvalidInputException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { WireError } from '../../aws/errors.ts';

/** What IAM's model has no exception for. */
export function validationError(message: string): WireError {
  return new WireError('ValidationError', 400, message);
}

export function accessDenied(message: string): WireError {
  return new WireError('AccessDenied', 403, message);
}

export function noSuchEntity(message: string): NoSuchEntityException {
  return new NoSuchEntityException({ message, $metadata: {} });
}

/** `The role with name x cannot be found.` */
export function noSuch(what: string, name: string): NoSuchEntityException {
  return noSuchEntity(`The ${what} with name ${name} cannot be found.`);
}

export function alreadyExists(message: string): EntityAlreadyExistsException {
  return new EntityAlreadyExistsException({ message, $metadata: {} });
}

export function deleteConflict(message: string): DeleteConflictException {
  return new DeleteConflictException({ message, $metadata: {} });
}

export function invalidInput(message: string): InvalidInputException {
  return new InvalidInputException({ message, $metadata: {} });
}

export function limitExceeded(message: string): LimitExceededException {
  return new LimitExceededException({ message, $metadata: {} });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function quotaExceeded(quota: string, limit: number): LimitExceededException {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`);
}

export function malformedPolicy(message: string): MalformedPolicyDocumentException {
  return new MalformedPolicyDocumentException({ message, $metadata: {} });
}
