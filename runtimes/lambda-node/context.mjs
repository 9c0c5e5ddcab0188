const HEADER = 'lambda-runtime-';
const W3C_FIELDS = ['traceparent', 'tracestate', 'baggage'];

/** What an invocation's headers and the environment say of it: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export class Invocation {
  #headers;

  constructor(headers) {
    this.#headers = headers;
  }

  get requestId() {
    return this.#headers.get(`${HEADER}aws-request-id`);
  }

  get tenantId() {
    return this.#headers.get(`${HEADER}aws-tenant-id`);
  }

  get traceId() {
    return this.#headers.get(`${HEADER}trace-id`);
  }

  /** Libraries for tracing read the header from the environment. */
  setTraceVariable() {
    if (this.traceId) process.env._X_AMZN_TRACE_ID = this.traceId;
    else delete process.env._X_AMZN_TRACE_ID;
  }

  fromEnvironment() {
    return {
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    };
  }

  fromHeaders() {
    const deadline = Number(this.#headers.get(`${HEADER}deadline-ms`));
    return {
      clientContext: this.#json('client-context', 'ClientContext'),
      identity: this.#json('cognito-identity', 'CognitoIdentity'),
      invokedFunctionArn: this.#headers.get(`${HEADER}invoked-function-arn`),
      awsRequestId: this.requestId,
      tenantId: this.tenantId,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
  }

  /** As since Node.js 24: trace context that a client sent is told apart from what else it sent. */
  withTraceContext() {
    const data = this.fromHeaders();
    const fields = {};
    if (typeof data.clientContext === 'object' && data.clientContext !== null) {
      const { w3c } = data.clientContext;
      delete data.clientContext.w3c;
      for (const name of W3C_FIELDS) if (typeof w3c?.[name] === 'string') fields[name] = w3c[name];
    }
    Object.freeze(fields);
    return { ...data, xRayTraceId: this.traceId, w3c: () => fields };
  }

  #json(header, name) {
    const text = this.#headers.get(HEADER + header);
    if (!text) return undefined;
    try {
      // Headers carry bytes; these are UTF-8.
      return JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
    } catch (error) {
      throw new Error(`Cannot parse ${name} as json: ${error.toString()}`);
    }
  }
}
