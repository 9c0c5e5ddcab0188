import {
  ConflictException,
  InvalidParameterException,
  LimitExceededException,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ValidationException,
} from '@aws-sdk/client-cloudwatch-logs';

export function invalidParameter(message: string): InvalidParameterException {
  return new InvalidParameterException({ message, $metadata: {} });
}

export function notFound(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException({ message, $metadata: {} });
}

export function alreadyExists(message: string): ResourceAlreadyExistsException {
  return new ResourceAlreadyExistsException({ message, $metadata: {} });
}

export function conflict(message: string): ConflictException {
  return new ConflictException({ message, $metadata: {} });
}

export function quotaExceeded(message: string): ServiceQuotaExceededException {
  return new ServiceQuotaExceededException({ message, $metadata: {} });
}

export function limitExceeded(message = 'Resource limit exceeded.'): LimitExceededException {
  return new LimitExceededException({ message, $metadata: {} });
}

export function invalid(message: string): ValidationException {
  return new ValidationException({ message, $metadata: {} });
}

/** One value that breaks a constraint, in the words that the wire has for those of the models. */
export function brokenConstraint(
  value: unknown,
  member: string,
  constraint: string,
): InvalidParameterException {
  return invalidParameter(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

const LONGEST_NAME = 512;

/** Of groups and streams, by whichever operation: AWS says it in words of its own. */
export function checkNameLengths(input: { logGroupName?: string; logStreamName?: string }): void {
  const { logGroupName = '', logStreamName = '' } = input;
  if (logGroupName.length > LONGEST_NAME || logStreamName.length > LONGEST_NAME) {
    throw invalidParameter(
      `Invalid LogGroup or LogStream, both must have length less than or equal to ${LONGEST_NAME}.`,
    );
  }
}

export const NO_GROUP = 'The specified log group does not exist.';
export const NO_STREAM = 'The specified log stream does not exist.';
export const BAD_TOKEN = 'The specified nextToken is invalid.';
