import { randomUUID } from 'node:crypto';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  LambdaClient,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda';
import type { RunningDaemon } from '../daemon.ts';
import { makeZip } from '../zip.ts';

type Files = Parameters<typeof makeZip>[0];

export interface Answer {
  /** What the function answered, or its error. */
  value: unknown;
  error: string | undefined;
  log: string;
}

/** A client of Lambda for tests of what functions do. */
export class TestLambda {
  readonly client: LambdaClient;
  readonly #logs: CloudWatchLogs;

  constructor({ url }: Pick<RunningDaemon, 'url'>) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const config = { endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 };
    this.client = new LambdaClient(config);
    this.#logs = new CloudWatchLogs(config);
  }

  /** How many messages with this word a function has logged so far, in all its environments. */
  async logged(FunctionName: string, word: string): Promise<number> {
    const { events } = await this.#logs.filterLogEvents({
      logGroupName: `/aws/lambda/${FunctionName}`,
      filterPattern: word,
    });
    return events!.length;
  }

  /** Creates a function, of Node.js unless `more` says otherwise; returns its name. */
  async create(files: Files, more: Partial<CreateFunctionCommandInput> = {}): Promise<string> {
    const FunctionName = `fn-${randomUUID().slice(0, 8)}`;
    const image = more.PackageType === 'Image';
    await this.client.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: 'arn:aws:iam::000000000000:role/test',
        Timeout: 20,
        ...(image
          ? {}
          : { Runtime: 'nodejs20.x', Handler: 'index.handler', Code: { ZipFile: makeZip(files) } }),
        ...more,
      } as CreateFunctionCommandInput),
    );
    return FunctionName;
  }

  async layer(files: Files): Promise<string> {
    const LayerName = `layer-${randomUUID().slice(0, 8)}`;
    const { LayerVersionArn } = await this.client.send(
      new PublishLayerVersionCommand({ LayerName, Content: { ZipFile: makeZip(files) } }),
    );
    return LayerVersionArn!;
  }

  async invoke(FunctionName: string, event: unknown = {}): Promise<Answer> {
    const { Payload, FunctionError, LogResult } = await this.client.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }),
    );
    return {
      value: JSON.parse(Payload!.transformToString()),
      error: FunctionError,
      log: Buffer.from(LogResult ?? '', 'base64').toString(),
    };
  }
}
