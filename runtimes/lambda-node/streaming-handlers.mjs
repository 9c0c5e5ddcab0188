import { MalformedStreamingHandler } from './errors.mjs';

/** Registered symbols: libraries that bring their own `streamifyResponse` set these. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

export function markStreaming(handler, options) {
  handler[STREAMING] = 'response';
  if (typeof options?.highWaterMark === 'number')
    handler[HIGH_WATER_MARK] = Number.parseInt(options.highWaterMark, 10);
  return handler;
}

/** How the handler wants to be called. */
export function inspect(handler) {
  const streaming = handler[STREAMING];
  const isStreaming = streaming !== undefined && streaming !== null && streaming !== false;
  if (isStreaming && streaming !== 'response')
    throw new MalformedStreamingHandler('Only response streaming is supported.');
  const mark = Number.parseInt(handler[HIGH_WATER_MARK], 10);
  return {
    streaming: isStreaming,
    streamOptions: Number.isNaN(mark) ? undefined : { highWaterMark: mark },
    isAsync: handler.constructor?.name === 'AsyncFunction',
    takesCallback: handler.length >= 3 && !isStreaming,
    parameters: handler.length,
  };
}
