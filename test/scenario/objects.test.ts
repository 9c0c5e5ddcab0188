import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, User } from '../support/cli.ts';
import { createFunction, startDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-ports.ts';
import { HAS_MINIO, MinioServer } from '../support/minio.ts';

const says = (text: string) => `export default (req, res) => res.send(${JSON.stringify(text)})`;

/** A stopped daemon's data folder with functions in it, and whoever works on it. */
class Folder implements AsyncDisposable {
  readonly user = new User();
  readonly path = join(this.user.folder, 'data');
  ids: string[] = [];

  async fill(count: number, flags: string[] = []): Promise<this> {
    await using daemon = await startDaemon({ dataDir: this.path, args: flags });
    const numbers = Array.from({ length: count }, (_, index) => index);
    this.ids = await Promise.all(
      numbers.map((n) => createFunction(daemon.url, { title: `f${n}`, code: says(`f${n}`) })),
    );
    return this;
  }

  run(...args: string[]): Promise<CommandResult> {
    return this.user.run('objects', ...args, '--data-dir', this.path);
  }

  /** What the functions answer, and whether the platform still has their code, with a daemon on this folder. */
  async answers(flags: string[]): Promise<string[]> {
    await using daemon = await startDaemon({ dataDir: this.path, args: flags });
    return await Promise.all(
      this.ids.map(async (id, n) => {
        const { code } = (await (await fetch(`${daemon.url}/lambda?id=${id}`)).json()) as { code: string };
        expect(code).toBe(says(`f${n}`));
        return (await fetch(`${daemon.url}/endpoint/${id}`)).text();
      }),
    );
  }

  blobs(): string[] {
    const folder = join(this.path, 'objects');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.user[Symbol.asyncDispose]();
  }
}

describe.runIf(HAS_MINIO)('stored code', () => {
  let minio: MinioServer;
  let access: string[];
  beforeAll(async () => {
    minio = await MinioServer.start();
    access = minio.flags.filter((flag) => !flag.startsWith('--objects'));
  });
  afterAll(() => minio[Symbol.asyncDispose]());

  test('moves to MinIO and back, and functions answer as before', async () => {
    await using folder = await new Folder().fill(3);
    const there = await folder.run('migrate', '--from', 'embedded', '--to', 'minio', ...access);
    expect(there).toMatchObject({ code: 0, stderr: '' });
    expect(there.stdout).toMatch(/Copied 3 objects from embedded to minio/);
    expect(await folder.answers(minio.flags)).toEqual(['f0', 'f1', 'f2']);

    const removing = ['migrate', '--from', 'embedded', '--to', 'minio', '--delete-source', '--json'];
    const again = await folder.run(...removing, ...access);
    expect(JSON.parse(again.stdout)).toMatchObject({ copied: 0, present: 3, damaged: [] });
    const counted = await folder.run('ls', '--json', ...access);
    expect(JSON.parse(counted.stdout)).toMatchObject([
      { store: 'embedded', objects: 0 },
      { store: 'minio', objects: 3 },
    ]);

    const back = await folder.run('migrate', '--from', 'minio', '--to', 'embedded', ...access);
    expect(back.stdout).toMatch(/Copied 3 objects from minio to embedded/);
    expect(await folder.answers([])).toEqual(['f0', 'f1', 'f2']);
  });

  test('is copied once more before the source is removed, where what was copied is not the same any more', async () => {
    await using folder = await new Folder().fill(1);
    const removing = [
      'migrate',
      '--from',
      'embedded',
      '--to',
      'minio',
      '--delete-source',
      '--json',
      ...access,
    ];
    expect((await folder.run(...removing.filter((flag) => flag !== '--delete-source'))).code).toBe(0);
    const [bucket, key] = ['aws-lambda-clone', folder.ids[0]!];
    const { metaData, size } = await minio.client().statObject(bucket, key);
    await minio.client().putObject(bucket, key, 'x'.repeat(size), size, metaData);
    const moved = await folder.run(...removing);
    expect(JSON.parse(moved.stdout)).toMatchObject({ copied: 1, present: 0, damaged: [] });
    expect(await folder.answers(minio.flags)).toEqual(['f0']);
  });

  test('of another data folder in the same MinIO is left alone', async () => {
    await using one = await new Folder().fill(1, minio.flags);
    await using other = await new Folder().fill(2);
    const moved = await other.run('migrate', '--from', 'minio', '--to', 'embedded', '--json', ...access);
    expect(JSON.parse(moved.stdout)).toMatchObject({ copied: 0, present: 0 });
    expect(await one.answers(minio.flags)).toEqual(['f0']);
  });

  test('that is damaged is named and stays, and the rest moves', async () => {
    await using folder = await new Folder().fill(2);
    appendFileSync(folder.blobs()[0]!, 'x');
    const moved = await folder.run('migrate', '--from', 'embedded', '--to', 'minio', ...access);
    expect(moved.code).toBe(1);
    expect(moved.stdout).toMatch(/Copied 1 object from/);
    expect(moved.stderr).toMatch(new RegExp(`(${folder.ids.join('|')}) is damaged where it is`));
    expect(folder.blobs()).toHaveLength(2);
  });

  test('is not touched while a daemon uses it', async () => {
    await using folder = await new Folder().fill(1);
    await using _ = await startDaemon({ dataDir: folder.path });
    const refused = await folder.run('migrate', '--from', 'embedded', '--to', 'minio', ...access);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/A daemon is using this data folder[\s\S]*lambdock stop/);
  });

  test('says what is missing: the direction, a MinIO that answers, one that lets us in', async () => {
    await using folder = await new Folder().fill(1);
    const nowhere = await folder.run('migrate', '--from', 'embedded');
    expect(nowhere).toMatchObject({ code: 2 });
    expect(nowhere.stderr).toMatch(/from where to where/);
    const migrate = ['migrate', '--from', 'embedded', '--to', 'minio'];
    const absent = await folder.run(...migrate, '--minio-endpoint', `http://127.0.0.1:${await freePort()}`);
    expect(absent.code).toBe(1);
    expect(absent.stderr).toMatch(/127\.0\.0\.1/);
    const wrong = await folder.run(...migrate, ...access, '--minio-secret-key', 'another-secret');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/secret|password|credentials/i);
  });
});
