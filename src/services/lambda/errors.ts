import {
  InvalidParameterValueException,
  PreconditionFailedException,
  ResourceConflictException,
  ResourceNotFoundException,
  ServiceException,
} from '@aws-sdk/client-lambda';
import { WireError } from '../../aws/errors.ts';
import { HostUnavailable } from '../../execution/environments/host-unavailable.ts';

/** What `Type` says of every error that a caller made. */
const USER = 'User';

export function invalidParameter(message: string): InvalidParameterValueException {
  return new InvalidParameterValueException({ message, Type: USER, $metadata: {} });
}

/** As what stands behind Lambda's own checks says it: without the member `Type`. */
export function invalidBehind(message: string): InvalidParameterValueException {
  return new InvalidParameterValueException({ message, $metadata: {} });
}

export function notFound(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException({ Message: message, message, Type: USER, $metadata: {} });
}

/** As `invalidBehind`. */
export function notFoundBehind(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException({ Message: message, message, $metadata: {} });
}

export function conflict(message: string): ResourceConflictException {
  return new ResourceConflictException({ message, Type: USER, $metadata: {} });
}

/** `RevisionId` is not the resource's any more. */
export function preconditionFailed(): PreconditionFailedException {
  return new PreconditionFailedException({
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    Type: USER,
    $metadata: {},
  });
}

/** An error that Lambda's front gives in the words of the wire, although only the operation can know it. */
export function validation(...problems: string[]): WireError {
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: `;
  return new WireError('ValidationException', 400, count + problems.join('; '));
}

/** A request, or the package in it, of too many bytes. */
export function tooLarge(message: string): WireError {
  return new WireError('RequestEntityTooLargeException', 413, message);
}

export function accessDenied(message: string): WireError {
  return new WireError('AccessDeniedException', 403, message);
}

/** What runs functions is away: an error of the service's own, which clients try again; other errors as they are. */
export function asServiceError(error: unknown): unknown {
  if (!(error instanceof HostUnavailable)) return error;
  const { message } = error;
  return new ServiceException({ message, Message: message, Type: 'Service', $metadata: {} });
}
