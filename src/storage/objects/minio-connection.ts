import { Client } from 'minio';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { ObjectStoreUnavailable, StorageFull } from '../errors.ts';
import { Availability, type Condition } from './availability.ts';
import { MinioBuckets } from './minio-buckets.ts';
import { NoAnswer, s3Code, translate } from './minio-errors.ts';
import { MinioTransport } from './minio-transport.ts';

export interface MinioConnectionOptions {
  /** An origin, `http://127.0.0.1:9000`. */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  region: string;
  /** The bucket by which the store is asked whether it is there. */
  bucket: string;
  /** Network calls live in real time, however fast the daemon's clock runs. */
  engineClock: Clock;
  /** How long nothing may come. */
  timeout?: Milliseconds;
  onChange(condition: Condition): void;
  /** Something odd that a person should know. */
  onNotice(message: string): void;
}

const TIMEOUT: Milliseconds = 5_000;
/** Before each repetition; it takes up to half as long again, so that many callers don't come back at once. */
const PAUSES: readonly Milliseconds[] = [100, 400];
/** An object is sent in one request, which is what makes a put all or nothing. */
const LARGEST_PUT_BYTES = 5 * 2 ** 30;

export interface CallOptions {
  bucket: string;
  /** Its success shows that there is space. */
  writes?: boolean;
}

/** Calls to one MinIO: bounded in time, repeated where that may help, with errors that say what to do. */
export class MinioConnection implements Disposable {
  readonly #options: MinioConnectionOptions;
  readonly #transport: MinioTransport;
  readonly #client: Client;
  readonly #availability: Availability;
  readonly #closing = new AbortController();
  readonly buckets: MinioBuckets;

  constructor(options: MinioConnectionOptions) {
    this.#options = options;
    const { accessKey, secretKey, region, engineClock, onChange, onNotice } = options;
    const { protocol, hostname, port } = new URL(options.endpoint);
    const useSSL = protocol === 'https:';
    this.#transport = new MinioTransport(useSSL, options.timeout ?? TIMEOUT);
    this.#client = new Client({
      endPoint: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      useSSL,
      accessKey,
      secretKey,
      region,
      partSize: LARGEST_PUT_BYTES,
      transport: this.#transport,
      transportAgent: this.#transport.agent,
      // Its own repetitions print to the console and don't cover lost connections.
      retryOptions: { disableRetry: true },
    });
    this.buckets = new MinioBuckets(this.#client, region, onNotice);
    this.#availability = new Availability({ clock: engineClock, probe: () => this.#probe(), onChange });
  }

  get endpoint(): string {
    return this.#options.endpoint;
  }

  get condition(): Condition {
    return this.#availability.condition;
  }

  /**
   * Does `work`, which must be something that can be done twice. Rejects with ObjectStoreUnavailable, StorageFull, or
   * what else the client says.
   */
  async call<T>(options: CallOptions, work: (client: Client) => Promise<T>): Promise<T> {
    const { outage } = this.#availability;
    // To find out that it still does not answer takes long; the probes do that for all.
    if (outage?.cause instanceof NoAnswer) throw outage;
    const pauses = outage ? [] : PAUSES;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#attempt(options, work);
      } catch (error) {
        // Who has waited for an answer in vain does not wait once more.
        const repeatable =
          error instanceof ObjectStoreUnavailable && error.transient && !(error.cause instanceof NoAnswer);
        const pause = pauses[attempt];
        if (!repeatable || pause === undefined) throw this.#note(error);
        await this.#options.engineClock.sleep(pause * (1 + Math.random() / 2), this.#closing.signal);
      }
    }
  }

  /** Makes sure that MinIO is there and lets us use the bucket, in one attempt. */
  async check(): Promise<void> {
    const { bucket } = this.#options;
    try {
      await this.#attempt({ bucket }, () => this.buckets.check(bucket));
    } catch (error) {
      if (error instanceof ObjectStoreUnavailable) this.#availability.failed(error);
      throw error;
    }
  }

  /** Turns an error in the midst of an object's content into ours. */
  translate(error: unknown): unknown {
    return translate(error, this.#options);
  }

  [Symbol.dispose](): void {
    this.#closing.abort(new Error('the object store is closing'));
    this.#availability[Symbol.dispose]();
    this.#transport[Symbol.dispose]();
  }

  async #attempt<T>({ bucket, writes }: CallOptions, work: (client: Client) => Promise<T>): Promise<T> {
    this.#closing.signal.throwIfAborted();
    try {
      const result = await work(this.#client);
      this.#availability.succeeded(writes);
      return result;
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      throw translate(error, this.#options, bucket);
    }
  }

  #note(error: unknown): unknown {
    if (error instanceof StorageFull) this.#availability.full(error.message);
    // What one call is denied, another may be allowed; whether all is, the next probe tells.
    else if (error instanceof ObjectStoreUnavailable && s3Code(error.cause) !== 'AccessDenied')
      this.#availability.failed(error);
    return error;
  }

  async #probe(): Promise<void> {
    // The outcome is noted; whoever needs it looks at the condition.
    await this.check().catch(() => {});
  }
}
