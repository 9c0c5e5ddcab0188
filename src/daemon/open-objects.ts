import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { Journal } from '../journal/journal.ts';
import { CODE_BUCKET, unlessAway } from '../platform/code-store.ts';
import { ObjectStoreUnavailable } from '../storage/errors.ts';
import { EmbeddedObjectStore } from '../storage/objects/embedded-object-store.ts';
import type { MinioObjectStore } from '../storage/objects/minio-object-store.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import type { Presigner } from '../storage/objects/presign.ts';
import type { Database } from '../storage/sqlite/database.ts';
import type { CodeRoute } from '../workloads/docker/reach.ts';
import type { Settings } from './options.ts';
import type { Shutdown } from './shutdown.ts';
import { type StoreState, storeState } from './store-state.ts';

/** Which MinIO keeps the objects. */
export interface MinioSettings {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  region: string;
  /** Nobody said where it is. */
  guessed: boolean;
}

export type ObjectsChoice =
  | { kind: 'embedded' }
  | {
      kind: 'minio';
      settings: MinioSettings;
      /** Its client is loaded where it is needed only. */
      MinioObjectStore: typeof MinioObjectStore;
    };

export interface ObjectsState {
  name: ObjectStore['name'];
  state: StoreState;
  /** Where it is, when that is elsewhere. */
  endpoint?: string;
  /** What is wrong. */
  detail?: string;
}

export interface Objects {
  store: ObjectStore;
  state(): ObjectsState;
  /** The store itself, for containers that can reach it. */
  direct: CodeRoute | undefined;
  /** Looks whether the store is there. Rejects with ObjectStoreUnavailable when that won't change by waiting. */
  prepare(): Promise<void>;
  /** Removes what this daemon has stored, where that would outlive its data folder; as far as it can. */
  discard(): Promise<void>;
}

export interface OpenObjectsOptions {
  choice: ObjectsChoice;
  clock: Clock;
  engineClock: Clock;
  database: Database;
  /** The data folder, and in it the one of the embedded store. */
  dataFolder: string;
  objectsFolder: string;
  /** Whose objects they are, where a store may have others'. */
  owner: string;
  presigner: Presigner;
  journal: Journal;
  /** The store is there again. */
  onBack(): void;
}

const DEFAULT_ENDPOINT = 'http://127.0.0.1:9000';
/** A start goes on without MinIO rather than take longer. */
const START_PATIENCE: Milliseconds = 2_000;
/** A container fetches its code as soon as it is told where it is. */
const FETCH_LIFETIME: Milliseconds = 5 * 60_000;

/** The MinIO that the options name; undefined where code is kept in the data folder. */
export function minioSettings(
  options: Pick<Settings, 'objects' | 'minioEndpoint' | 'minioAccessKey' | 'minioSecretKey' | 'minioRegion'>,
): MinioSettings | undefined {
  const { objects, minioEndpoint } = options;
  if (objects === 'embedded' || (objects === 'auto' && minioEndpoint === undefined)) return undefined;
  return {
    endpoint: minioEndpoint ?? DEFAULT_ENDPOINT,
    accessKey: options.minioAccessKey,
    secretKey: options.minioSecretKey,
    region: options.minioRegion,
    guessed: minioEndpoint === undefined,
  };
}

export async function chooseObjects(options: Parameters<typeof minioSettings>[0]): Promise<ObjectsChoice> {
  const settings = minioSettings(options);
  if (!settings) return { kind: 'embedded' };
  return { kind: 'minio', settings, ...(await import('../storage/objects/minio-object-store.ts')) };
}

export function openObjects(options: OpenObjectsOptions, shutdown: Shutdown): Objects {
  const { choice } = options;
  return choice.kind === 'embedded' ? openEmbedded(options, shutdown) : openMinio(choice, options, shutdown);
}

function openEmbedded(options: OpenObjectsOptions, shutdown: Shutdown): Objects {
  const { database, clock, presigner, dataFolder, objectsFolder: folder } = options;
  const presign: Presigner['signGet'] = (...args) => presigner.signGet(...args);
  const store = shutdown.own(new EmbeddedObjectStore({ folder, database, clock, presign }));
  return {
    store,
    state: () => ({ name: store.name, state: storeState(dataFolder) }),
    direct: undefined,
    prepare: async () => {},
    discard: async () => {},
  };
}

function openMinio(
  { settings, MinioObjectStore }: ObjectsChoice & { kind: 'minio' },
  options: OpenObjectsOptions,
  shutdown: Shutdown,
): Objects {
  const { clock, engineClock, owner, journal, onBack } = options;
  const { guessed, ...access } = settings;
  const { endpoint } = access;
  const tell = (message: string) => journal.record({ type: 'notice', message });
  const store = shutdown.own(
    new MinioObjectStore({
      ...access,
      bucket: CODE_BUCKET,
      owner,
      clock,
      engineClock,
      onNotice: tell,
      onChange: ({ state, detail }) => {
        tell(state === 'ok' ? `MinIO at ${endpoint} is there again` : `Code can't be stored: ${detail}`);
        if (state === 'ok') onBack();
      },
    }),
  );
  return {
    store,
    state: () => ({ name: store.name, endpoint, ...store.condition }),
    direct: {
      name: `MinIO at ${endpoint}`,
      probeUrl: `${endpoint}/minio/health/live`,
      sign: (bucket, key) => store.presignGet(bucket, key, FETCH_LIFETIME),
    },
    prepare: async () => {
      try {
        await Promise.race([store.check(), engineClock.sleep(START_PATIENCE)]);
      } catch (error) {
        if (!(error instanceof ObjectStoreUnavailable)) throw error;
        if (error.transient && guessed) throw nowhere(endpoint, error);
        if (!error.transient) throw error;
      }
    },
    discard: () => unlessAway(() => removeAll(store)),
  };
}

async function removeAll(store: ObjectStore): Promise<void> {
  for (let more = true; more; ) {
    const { objects, next } = await store.list(CODE_BUCKET);
    await Promise.all(objects.map(({ key }) => store.delete(CODE_BUCKET, key)));
    more = next !== undefined;
  }
}

function nowhere(endpoint: string, cause: ObjectStoreUnavailable): ObjectStoreUnavailable {
  return new ObjectStoreUnavailable(endpoint, {
    what: `no MinIO runs at ${endpoint}`,
    ways: [
      'start one: docker run -p 127.0.0.1:9000:9000 minio/minio server /data',
      'name another: --minio-endpoint <url>',
      'keep code in the data folder: --objects embedded',
    ],
    transient: true,
    cause,
  });
}
