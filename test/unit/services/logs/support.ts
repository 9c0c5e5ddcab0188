import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import type { LogsEngine } from '../../../../src/services/logs/engine.ts';
import type { LambdaTarget } from '../../../../src/services/logs/subscriptions.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Place {
  logGroupName: string;
  logStreamName: string;
}

/** CloudWatch Logs over a socket, with a client, in time that is moved by hand. */
export class LogsServer implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly client: sdk.CloudWatchLogs;
  readonly #server: AwsServer;
  #groups = 0;

  constructor(server: AwsServer, clock: ManualClock) {
    this.#server = server;
    this.clock = clock;
    this.client = this.as('test');
  }

  static async start(lambda?: LambdaTarget): Promise<LogsServer> {
    const clock = new ManualClock();
    return new LogsServer(await startAws({ clock, ...(lambda ? { lambda } : {}) }), clock);
  }

  get engine(): LogsEngine {
    return this.#server.dependencies.logs;
  }

  get errors(): unknown[] {
    return this.#server.errors;
  }

  as(accessKeyId: string, region = 'eu-west-1'): sdk.CloudWatchLogs {
    const credentials = { accessKeyId, secretAccessKey: 'test' };
    return new sdk.CloudWatchLogs({
      endpoint: this.#server.url,
      region,
      credentials,
      maxAttempts: 1,
      disableHostPrefix: true,
    });
  }

  async group(input: Partial<sdk.CreateLogGroupCommandInput> = {}): Promise<string> {
    const logGroupName = input.logGroupName ?? `/test/group-${++this.#groups}`;
    await this.client.createLogGroup({ ...input, logGroupName });
    return logGroupName;
  }

  async stream(logGroupName?: string, logStreamName = 'stream'): Promise<Place> {
    const place = { logGroupName: logGroupName ?? (await this.group()), logStreamName };
    await this.client.createLogStream(place);
    return place;
  }

  /** Events a millisecond apart, the first one now. */
  put(place: Place, ...messages: string[]): Promise<sdk.PutLogEventsCommandOutput> {
    const now = this.clock.now();
    const logEvents = messages.map((message, index) => ({ timestamp: now + index, message }));
    return this.client.putLogEvents({ ...place, logEvents });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

/** The messages of events. */
export function texts(events: readonly (sdk.OutputLogEvent | sdk.FilteredLogEvent)[] | undefined): string[] {
  return events!.map(({ message }) => message!);
}

/** An error as clients see it. */
export function failure(name: string, message: string) {
  return { name, message, $metadata: { httpStatusCode: 400 } };
}

export const NO_GROUP = failure('ResourceNotFoundException', 'The specified log group does not exist.');
export const NO_STREAM = failure('ResourceNotFoundException', 'The specified log stream does not exist.');
export const BAD_TOKEN = failure('InvalidParameterException', 'The specified nextToken is invalid.');
