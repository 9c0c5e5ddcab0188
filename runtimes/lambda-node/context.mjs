const HEADER = 'lambda-runtime-';
const W3C_FIELDS = ['traceparent', 'tracestate', 'baggage'];

let environment;

/** An event as the Runtime API gives it. What is not there is undefined. */
export function eventFrom({ headers, body }) {
  const field = (name) => headers.get(HEADER + name);
  return {
    requestId: field('aws-request-id'),
    deadline: field('deadline-ms'),
    functionArn: field('invoked-function-arn'),
    traceId: field('trace-id'),
    clientContext: field('client-context'),
    identity: field('cognito-identity'),
    tenantId: field('aws-tenant-id'),
    body: body.toString('utf8'),
  };
}

/** What an event and the environment say of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export class Invocation {
  #event;

  constructor(event) {
    this.#event = event;
  }

  get requestId() {
    return this.#event.requestId;
  }

  get tenantId() {
    return this.#event.tenantId;
  }

  get traceId() {
    return this.#event.traceId;
  }

  /** JSON. */
  get body() {
    return this.#event.body;
  }

  /** Libraries for tracing read the header from the environment. */
  setTraceVariable() {
    if (this.traceId) process.env._X_AMZN_TRACE_ID = this.traceId;
    else delete process.env._X_AMZN_TRACE_ID;
  }

  /** Read once: reading an environment variable is slow, and these stay what they are. */
  fromEnvironment() {
    environment ??= {
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    };
    return environment;
  }

  fromEvent() {
    const { requestId, functionArn, tenantId, clientContext, identity } = this.#event;
    const deadline = Number(this.#event.deadline);
    return {
      clientContext: parsed(clientContext, 'ClientContext'),
      identity: parsed(identity, 'CognitoIdentity'),
      invokedFunctionArn: functionArn,
      awsRequestId: requestId,
      tenantId,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
  }

  /** As since Node.js 24: trace context that a client sent is told apart from what else it sent. */
  withTraceContext() {
    const data = this.fromEvent();
    const fields = {};
    if (typeof data.clientContext === 'object' && data.clientContext !== null) {
      const { w3c } = data.clientContext;
      delete data.clientContext.w3c;
      for (const name of W3C_FIELDS) if (typeof w3c?.[name] === 'string') fields[name] = w3c[name];
    }
    Object.freeze(fields);
    return { ...data, xRayTraceId: this.traceId, w3c: () => fields };
  }
}

function parsed(text, name) {
  if (!text) return undefined;
  try {
    // Each character is a byte; together they are UTF-8.
    return JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error.toString()}`);
  }
}
