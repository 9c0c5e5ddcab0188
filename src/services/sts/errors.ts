import { WireError } from '../../aws/errors.ts';

/** What STS's model has no exception for. */
export function validationError(message: string): WireError {
  return new WireError('ValidationError', 400, message);
}

export function invalidParameter(message: string): WireError {
  return new WireError('InvalidParameterValue', 400, message);
}

export function accessDenied(message: string): WireError {
  return new WireError('AccessDenied', 403, message);
}
