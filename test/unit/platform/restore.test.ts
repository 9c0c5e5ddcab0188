import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, NODE, serveApi, temporaryFolder } from './support.ts';

async function linkedFolder(): Promise<string> {
  const path = join(await temporaryFolder(), 'hello');
  await mkdir(path);
  await writeFile(join(path, 'handler.mjs'), 'linked');
  return path;
}

test('a deleted function is as it was before, and runs again', async () => {
  const { service, deployments, table, journal, clock } = await createWorld();
  const id = await service.create(NODE);
  await service.remove(id);
  await clock.advance(1000);
  await service.undelete(id);
  expect(table.get(id)).toMatchObject({ title: 'hello', runtime: 'node', version: '20', disabled: false });
  expect((await service.read(id)).code).toBe(NODE.code);
  const { directory, entry } = deployments.current.get(id)!;
  expect(await readFile(join(directory, entry), 'utf8')).toBe(NODE.code);
  expect(journal.since(0).at(-1)).toMatchObject({ type: 'function.restored', id, title: 'hello' });
  await service.update(id, { code: 'changed' });
  expect((await service.read(id)).code).toBe('changed');
});

test('over HTTP: 200 and the id, also when there is nothing to do; 404 when there never was one or a reset came', async () => {
  const { service, deployments, call } = await serveApi();
  const id = await service.create(NODE);
  const restore = () => call('POST', `/lambda/${id}/restore`);
  expect(await restore()).toMatchObject({ status: 200, body: id });
  expect(deployments.deployed).toHaveLength(1);
  await service.remove(id);
  expect(await restore()).toMatchObject({ status: 200, body: id });
  expect(deployments.deployed).toHaveLength(2);
  expect(await call('POST', '/lambda/0123456789abcdef01234567/restore')).toMatchObject({ status: 404 });
  expect(await call('POST', '/lambda/nonsense/restore')).toMatchObject({ status: 400 });
  await service.remove(id);
  await service.reset();
  expect(await restore()).toMatchObject({ status: 404, body: { error: expect.stringContaining(id) } });
});

test('deleting, restoring and changing at once take effect in order', async () => {
  const { service, deployments, journal } = await createWorld();
  const id = await service.create(NODE);
  const results = await Promise.allSettled([
    service.remove(id),
    service.undelete(id),
    service.update(id, { code: 'then' }),
    service.remove(id),
    service.update(id, { code: 'too late' }),
    service.undelete(id),
    service.undelete(id),
  ]);
  expect(results.map(({ status }) => status)).toEqual([
    ...Array<string>(4).fill('fulfilled'),
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect((await service.read(id)).code).toBe('then');
  expect(deployments.has(id)).toBe(true);
  const restored = journal.since(0).filter(({ type }) => type === 'function.restored');
  expect(restored).toHaveLength(2);
});

test('a reset that comes in the middle wins, and leaves nothing', async () => {
  const world = await createWorld();
  const { service, table, objects, deployments } = world;
  const id = await service.create(NODE);
  await service.remove(id);
  const read = objects.read.bind(objects);
  objects.read = async (bucket, key) => {
    const bytes = await read(bucket, key);
    table.purge();
    return bytes;
  };
  await expect(service.undelete(id)).rejects.toMatchObject({ status: 404 });
  expect(deployments.has(id)).toBe(false);
});

test('what is not deployed is not restored', async () => {
  const { service, table, deployments } = await createWorld();
  const id = await service.create(NODE);
  await service.remove(id);
  deployments.fail = new Error('no');
  await expect(service.undelete(id)).rejects.toThrow('no');
  expect(table.get(id)?.disabled).toBe(true);
  await service.undelete(id);
  expect(deployments.has(id)).toBe(true);
});

test('a linked function is restored as long as its path is free and there', async () => {
  const { service, deployments } = await createWorld();
  const path = await linkedFolder();
  const { id } = await service.link({ path });
  await service.remove(id);
  await service.undelete(id);
  expect(deployments.current.get(id)).toMatchObject({ directory: path, entry: 'handler.mjs' });

  await service.remove(id);
  const other = await service.link({ path, title: 'other' });
  const taken = { status: 409, message: `${path} is now linked to another function, other (${other.id})` };
  await expect(service.undelete(id)).rejects.toMatchObject(taken);
  await service.remove(other.id);
  await rm(path, { recursive: true });
  const gone = { status: 409, message: expect.stringContaining('is not there any more') };
  await expect(service.undelete(id)).rejects.toMatchObject(gone);
});

test('linking a path and restoring its function at once give one function for the path', async () => {
  const { service, table } = await createWorld();
  const path = await linkedFolder();
  const { id } = await service.link({ path });
  await service.remove(id);
  await Promise.allSettled([service.link({ path }), service.undelete(id), service.link({ path })]);
  await Promise.allSettled([service.undelete(id), service.link({ path })]);
  expect(table.all()).toHaveLength(1);
});

test('a function whose runtime is gone stays deleted, and says why', async () => {
  const { service, catalogue } = await createWorld();
  const id = await service.create(NODE);
  await service.remove(id);
  catalogue.runtimes = [];
  const conflict = { status: 409, message: 'the function needs node 20, which lambdock has no more' };
  await expect(service.undelete(id)).rejects.toMatchObject(conflict);
});
