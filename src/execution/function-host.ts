import type { Readable } from 'node:stream';
import type { Milliseconds } from '../clock/clock.ts';
import type { Scope } from '../storage/scope.ts';

/** Code in the object store: a function's package or a layer. */
export interface PackageReference {
  bucket: string;
  key: string;
  /** Lower-case hex of the zip file. Packages with equal digests are unpacked once. */
  sha256: string;
}

export interface LoggingConfig {
  /** `/aws/lambda/<name>` unless the function says otherwise. */
  group: string;
  format: 'Text' | 'JSON';
  /** Only with format JSON. */
  applicationLevel?: string;
  systemLevel?: string;
}

/** One version of a Lambda function, as an execution environment needs to know it. */
export interface FunctionVersion {
  scope: Scope;
  name: string;
  /** `$LATEST` or a number. */
  version: string;
  /** Unqualified: `arn:aws:lambda:us-east-1:000000000000:function:name`. */
  functionArn: string;
  /** Changes with code and configuration. Environments made for another revision take no further invocation. */
  revision: string;
  /** `nodejs22.x`, `python3.13`, `provided.al2023`, …; undefined for images. */
  runtime?: string;
  handler?: string;
  code?: PackageReference;
  image?: {
    uri: string;
    /** See `ResolvedImage`. */
    id?: string;
    entryPoint?: string[];
    command?: string[];
    workingDirectory?: string;
  };
  /** Unpacked to /opt in this order, later ones over earlier ones. */
  layers: readonly PackageReference[];
  environment: Readonly<Record<string, string>>;
  timeout: Milliseconds;
  memoryMb: number;
  ephemeralStorageMb: number;
  architecture: 'x86_64' | 'arm64';
  /** Its role's ARN: functions get credentials that stand for it. */
  role: string;
  logging: LoggingConfig;
  tracing: 'Active' | 'PassThrough';
}

export interface Invocation {
  requestId: string;
  payload: Uint8Array;
  /** As the caller named it, with the qualifier it used: what the context's invokedFunctionArn says. */
  invokedFunctionArn: string;
  /** JSON, decoded from base64. */
  clientContext?: string | undefined;
  /** X-Amzn-Trace-Id, when the caller sent one. */
  traceHeader?: string | undefined;
  /** The caller asks for the log's tail. */
  wantsLog?: boolean;
  /** The caller went away. A function goes on, as on AWS; only one that waits for an environment is given up. */
  signal?: AbortSignal | undefined;
}

export interface Outcome {
  /** What the function answered, or the error object in AWS's shape: `{errorMessage, errorType, requestId?, stackTrace?}`. */
  payload: Uint8Array;
  /** As in X-Amz-Function-Error. */
  functionError?: 'Handled' | 'Unhandled';
  /** The last 4 kB of this invocation's log, for X-Amz-Log-Result, not yet in base64. */
  logTail: Uint8Array;
}

/** An answer that is passed on as the function writes it. */
export interface StreamedOutcome {
  /** As the function set it with its first bytes: `application/vnd.awslambda.http-integration-response` or other. */
  contentType: string;
  body: Readable;
  /** Settles once the stream has ended. Never rejects. */
  end: Promise<{ errorCode?: string; errorDetails?: string; logTail: Uint8Array }>;
}

/** The members of TooManyRequestsException.Reason that a host gives. */
export type ThrottleReason =
  | 'ConcurrentInvocationLimitExceeded'
  | 'FunctionInvocationRateLimitExceeded'
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'ReservedFunctionInvocationRateLimitExceeded'
  | 'CallerRateLimitExceeded'
  | 'ConcurrentSnapshotCreateLimitExceeded';

/** No environment may be used or started for an invocation now. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
  readonly reason: ThrottleReason;

  constructor(reason: ThrottleReason) {
    super('Rate Exceeded.');
    this.reason = reason;
  }
}

/** An image by whose name a function was made. */
export interface ResolvedImage {
  /** By which the host knows it, also when the name has come to mean another one. */
  id: string;
  /** Lower-case hex of its SHA-256. */
  digest: string;
  /** Its repository with the digest. */
  resolvedUri: string;
}

/** There is no image of this name, here or where it names. */
export class ImageNotFound extends Error {
  override readonly name = 'ImageNotFound';
  readonly uri: string;

  constructor(uri: string, why: string) {
    super(why);
    this.uri = uri;
  }
}

/** Runs functions: takes an idle environment of a version or starts one, one invocation each at a time. */
export interface FunctionHost extends AsyncDisposable {
  /** @throws Throttled. Errors of the function are an outcome, not a rejection. */
  invoke(fn: FunctionVersion, invocation: Invocation): Promise<Outcome>;
  /** @throws Throttled */
  invokeStreaming(fn: FunctionVersion, invocation: Invocation): Promise<StreamedOutcome>;
  /**
   * Whether this runtime (or image) can run on this machine, with what parity warning; `unsupported` says the next step. Also
   * unpacks the code and has a process started ahead, so that the first invocation waits for neither.
   */
  check(fn: FunctionVersion): Promise<{ warning?: string; unsupported?: string }>;
  /** Finds an image, wherever it has to come from; undefined for a host that runs none. Rejects with ImageNotFound or HostUnavailable. */
  findImage(uri: string): Promise<ResolvedImage | undefined>;
  /**
   * The function was deleted, or its $LATEST replaced by `keepRevision` (numbered versions then stay): idle environments end,
   * busy ones after their invocation.
   */
  retire(functionArn: string, keepRevision?: string): void;
  /** The limits of an account in a region. Unreserved concurrency is what reservations leave. */
  setAccountLimit(scope: Scope, concurrency: number): void;
  /** Undefined: shares the account's unreserved concurrency. 0: always throttled. */
  setReserved(functionArn: string, concurrency: number | undefined): void;
  /** Keeps this many initialised environments of a version. Resolves when all are there; rejects with the reason that they can't be. */
  setProvisioned(fn: FunctionVersion, concurrency: number): Promise<void>;
  /** For metrics and tests. */
  state(): {
    environments: number;
    busy: number;
    byFunction: ReadonlyMap<string, { environments: number; busy: number }>;
  };
}

/** Where environments write: implemented by the Logs service's own operations, called behind the hot path. */
export interface LogSink {
  /** Makes group and stream where they are not there. Never throws; keeps the order of calls. */
  write(
    scope: Scope,
    group: string,
    stream: string,
    events: readonly { timestamp: number; message: string }[],
  ): void;
}
