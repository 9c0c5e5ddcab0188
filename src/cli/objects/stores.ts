import { join } from 'node:path';
import type { Config } from '../../daemon/config.ts';
import { makeWritable } from '../../daemon/data-folder.ts';
import { minioSettings } from '../../daemon/open-objects.ts';
import { daemonId } from '../../daemon/remembered.ts';
import { Shutdown } from '../../daemon/shutdown.ts';
import { CODE_BUCKET } from '../../platform/code-store.ts';
import { DataFolderInUse } from '../../storage/errors.ts';
import { EmbeddedObjectStore } from '../../storage/objects/embedded-object-store.ts';
import type { ObjectStore } from '../../storage/objects/object-store.ts';
import { type Database, openDatabase } from '../../storage/sqlite/database.ts';
import { SettingsTable } from '../../storage/sqlite/settings-table.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

export const STORE_NAMES = ['embedded', 'minio'] as const;
export type StoreName = (typeof STORE_NAMES)[number];

/** The stores of one data folder, which no daemon can use meanwhile. */
export interface Stores extends AsyncDisposable {
  bucket: string;
  /** Rejects with ObjectStoreUnavailable where MinIO can't be used. */
  open(name: StoreName): Promise<ObjectStore>;
}

/** Opens the data folder. Rejects with CliError when a daemon has it open. */
export async function openBothStores(config: Config, { clock, err }: CliContext): Promise<Stores> {
  const shutdown = new Shutdown();
  const folder = makeWritable(config.dataDir);
  const database = shutdown.own(openUnused(join(folder, 'lambdock.db')));
  const openMinio = async (): Promise<ObjectStore> => {
    const { MinioObjectStore } = await import('../../storage/objects/minio-object-store.ts');
    const { guessed: _, ...access } = minioSettings({ ...config, objects: 'minio' })!;
    const store = shutdown.own(
      new MinioObjectStore({
        ...access,
        bucket: CODE_BUCKET,
        owner: daemonId(new SettingsTable(database)),
        clock,
        engineClock: clock,
        onNotice: (message) => err.line(message),
        onChange: () => {},
      }),
    );
    await store.check();
    return store;
  };
  const openEmbedded = (): ObjectStore =>
    shutdown.own(
      new EmbeddedObjectStore({
        folder: join(folder, 'objects'),
        database,
        clock,
        presign: () => {
          throw new Error('nobody is given a URL here');
        },
      }),
    );
  return {
    bucket: CODE_BUCKET,
    open: async (name) => (name === 'minio' ? openMinio() : openEmbedded()),
    [Symbol.asyncDispose]: () => shutdown[Symbol.asyncDispose](),
  };
}

function openUnused(file: string): Database {
  try {
    return openDatabase(file);
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    throw new CliError('A daemon is using this data folder', EXIT.taken, [
      'stop it first: lambdock stop',
      'name another folder: --data-dir <folder>',
    ]);
  }
}
