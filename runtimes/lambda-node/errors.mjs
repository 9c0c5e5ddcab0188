import { types } from 'node:util';
import { shown } from './shown-paths.mjs';

/** Errors of the runtime itself; AWS puts `Runtime.` before their names. */
class RuntimeError extends Error {}

function named(name, base = RuntimeError) {
  const type = { [name]: class extends base {} }[name];
  type.prototype.name = `Runtime.${name}`;
  return type;
}

export const ImportModuleError = named('ImportModuleError');
export const HandlerNotFound = named('HandlerNotFound');
export const MalformedHandlerName = named('MalformedHandlerName');
export const MalformedStreamingHandler = named('MalformedStreamingHandler');
export const InvalidStreamingOperation = named('InvalidStreamingOperation');
export const CallbackHandlerDeprecated = named('CallbackHandlerDeprecated');

export class UserCodeSyntaxError extends named('UserCodeSyntaxError') {
  /** @param {string | undefined} place file and line, which are what the author looks for */
  constructor(error, place) {
    super(String(error));
    if (place) this.stack = this.stack.replace(/(\n {4}at )/, `\n    at ${place}$1`);
  }
}

export class NodeJsExit extends named('NodeJsExit') {
  constructor() {
    super(
      'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
    );
  }
}

export class UnhandledPromiseRejection extends named('UnhandledPromiseRejection') {
  constructor(reason, promise) {
    super(reason);
    this.reason = reason;
    this.promise = promise;
  }
}

export const intoError = (value) => (value instanceof Error ? value : new Error(value));

/** What the Runtime API is told of an error, thrown by whatever realm or library: {errorType, errorMessage, trace}. */
export function describeError(error) {
  try {
    if (types.isNativeError(error) || looksLikeError(error))
      return {
        errorType: escapeDelete(error.name),
        errorMessage: shown(escapeDelete(error.message)),
        trace: shown(escapeDelete(error.stack)).split('\n'),
      };
    return { errorType: typeof error, errorMessage: (error ?? String(error)).toString(), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

/** The line that follows `Invoke Error` and its like in the log: with all that the error carries, as AWS writes it. */
export function formatError(error) {
  try {
    return `\t${shown(JSON.stringify(error, (_key, value) => withEnumerableMembers(value)))}`;
  } catch {
    return `\t${JSON.stringify(describeError(error))}`;
  }
}

function withEnumerableMembers(value) {
  if (!(value instanceof Error)) return value;
  const members = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
  if (typeof value.stack === 'string') members.stack = value.stack.split('\n');
  return members;
}

function looksLikeError(value) {
  return [value?.name, value?.message, value?.stack].every((text) => typeof text === 'string' && text !== '');
}

const escapeDelete = (text) => text?.replaceAll('\x7f', '%7F');
