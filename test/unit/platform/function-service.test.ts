import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RequestError } from '../../../src/platform/functions.ts';
import { StorageFull } from '../../../src/storage/errors.ts';
import { ObjectDamaged } from '../../../src/storage/objects/object-store.ts';
import { deferred } from '../../../src/support/deferred.ts';
import { createWorld, MAX_CODE_BYTES, NODE } from './support.ts';

const packages = (directory: string) => readdir(directory).catch(() => []);

test('creating stores code and row, unpacks the code and deploys it', async () => {
  const { service, objects, table, deployments, journal } = await createWorld();
  const id = await service.create(NODE);
  expect(objects.contents.get(id)?.toString()).toBe(NODE.code);
  expect(table.get(id)).toMatchObject({ title: 'hello', runtime: 'node', version: '20', disabled: false });
  const [spec] = deployments.deployed;
  expect(spec).toMatchObject({ id, entry: 'handler.mjs', source: { kind: 'inline' } });
  expect(await readFile(join(spec!.directory, spec!.entry), 'utf8')).toBe(NODE.code);
  expect(journal.since(0).at(-1)).toMatchObject({ type: 'function.created', id, title: 'hello' });
});

test('functions with equal code share one unpacked folder, which goes with the last of them', async () => {
  const { service, packagesDirectory } = await createWorld();
  const [a, b] = [await service.create(NODE), await service.create(NODE)];
  expect(await packages(packagesDirectory)).toHaveLength(1);
  await service.remove(a);
  expect(await packages(packagesDirectory)).toHaveLength(1);
  await service.remove(b);
  expect(await packages(packagesDirectory)).toHaveLength(0);
});

for (const [what, breakIt] of [
  [
    'the object store is full',
    (world) => {
      world.objects.beforePut = () => {
        throw new StorageFull('/objects');
      };
    },
  ],
  [
    'the row is refused',
    (world) => {
      world.table.fail = new StorageFull('/rows');
    },
  ],
  [
    'the deployment is refused',
    (world) => {
      world.deployments.fail = new Error('deploy');
    },
  ],
  [
    'the code can not be unpacked',
    async (world) => {
      await mkdir(join(world.packagesDirectory, '..'), { recursive: true });
      await writeFile(world.packagesDirectory, 'in the way');
    },
  ],
] satisfies [string, (world: Awaited<ReturnType<typeof createWorld>>) => unknown][]) {
  test(`creating leaves nothing behind when ${what}`, async () => {
    const world = await createWorld();
    await breakIt(world);
    await expect(world.service.create(NODE)).rejects.toThrow();
    expect(world.objects.contents.size).toBe(0);
    expect(world.table.all()).toEqual([]);
    expect(world.deployments.current.size).toBe(0);
    expect(await packages(world.packagesDirectory)).toHaveLength(0);
    expect(world.journal.since(0)).toEqual([]);
  });

  test(`changing code leaves the old in place when ${what}`, async () => {
    const world = await createWorld();
    const { service, table, deployments, objects, packagesDirectory } = world;
    const id = await service.create(NODE);
    const [before, spec] = [table.get(id), deployments.current.get(id)];
    if (what.includes('unpacked')) {
      await rm(packagesDirectory, { recursive: true });
    }
    await breakIt(world);
    await expect(service.update(id, { code: 'other', title: 'other' })).rejects.toThrow();
    expect(table.get(id)).toEqual(before);
    expect(objects.contents.get(id)?.toString()).toBe(NODE.code);
    expect(deployments.current.get(id)).toBe(spec);
    expect((await service.read(id)).code).toBe(NODE.code);
  });
}

test('concurrent changes of one function take effect in order, in row, code and deployment alike', async () => {
  const { service, objects, table, deployments } = await createWorld();
  const id = await service.create(NODE);
  const gate = deferred<void>();
  objects.beforePut = async (_key, bytes) => {
    if (bytes.toString() === 'slow') await gate.promise;
  };
  const slow = service.update(id, { code: 'slow', title: 'slow' });
  const quick = service.update(id, { code: 'quick', title: 'quick' });
  gate.resolve();
  await Promise.all([slow, quick]);
  expect(table.get(id)?.title).toBe('quick');
  expect(objects.contents.get(id)?.toString()).toBe('quick');
  const { directory, entry } = deployments.current.get(id)!;
  expect(await readFile(join(directory, entry), 'utf8')).toBe('quick');
  expect(deployments.deployed).toHaveLength(3);
});

test('a change that waits for a deletion finds nothing', async () => {
  const { service, objects, deployments } = await createWorld();
  const id = await service.create(NODE);
  const results = await Promise.allSettled([service.remove(id), service.update(id, { code: 'late' })]);
  expect(results[1]).toMatchObject({ status: 'rejected', reason: { status: 404 } });
  expect(objects.contents.get(id)?.toString()).toBe(NODE.code);
  expect(deployments.has(id)).toBe(false);
});

test('a new title with the same code does not deploy again', async () => {
  const { service, table, deployments, clock } = await createWorld();
  const id = await service.create(NODE);
  await clock.advance(1000);
  await service.update(id, { title: 'renamed', code: NODE.code, runtime: 'node' });
  expect(deployments.deployed).toHaveLength(1);
  const record = table.get(id)!;
  expect(record.title).toBe('renamed');
  expect(record.update_date > record.reg_date).toBe(true);
});

test('another runtime alone keeps the code and deploys it under the other name', async () => {
  const { service, deployments } = await createWorld();
  const id = await service.create(NODE);
  await service.update(id, { runtime: 'python', version: '3.12' });
  const spec = deployments.current.get(id)!;
  expect(spec.entry).toBe('handler.py');
  expect(await readFile(join(spec.directory, spec.entry), 'utf8')).toBe(NODE.code);
  await expect(service.update(id, { runtime: 'node' })).rejects.toThrow(
    'version "3.12" of node is not known; known: 20, 18',
  );
});

test('replaced code is removed from the disk', async () => {
  const { service, packagesDirectory } = await createWorld();
  const id = await service.create(NODE);
  for (let count = 0; count < 5; count++) await service.update(id, { code: `version ${count}` });
  expect(await packages(packagesDirectory)).toHaveLength(1);
});

test('deleting keeps row and code but nothing that runs', async () => {
  const { service, table, objects, deployments, journal, catalogue } = await createWorld();
  const id = await service.create(NODE);
  await service.remove(id);
  expect(catalogue.forgotten).toEqual([id]);
  expect(table.get(id)?.disabled).toBe(true);
  expect(objects.contents.has(id)).toBe(true);
  expect(deployments.has(id)).toBe(false);
  expect(journal.since(0).at(-1)).toMatchObject({ type: 'function.deleted', id });
  for (const call of [() => service.get(id), () => service.logs(id)]) expect(call).toThrow(RequestError);
  await expect(service.remove(id)).rejects.toMatchObject({ status: 404 });
});

test('input that can not be used is refused and nothing is stored', async () => {
  const { service, table, objects } = await createWorld();
  const refused = async (changes: object, status: number, message: RegExp) =>
    expect(service.create({ ...NODE, ...changes })).rejects.toMatchObject({
      status,
      message: expect.stringMatching(message),
    });
  await refused({ runtime: 'ruby' }, 400, /runtime "ruby" is not known; known: golang, node, python/);
  await refused({ version: '21' }, 400, /version "21" of node is not known; known: 20, 18/);
  await refused({ code: '' }, 400, /code must not be empty/);
  await refused({ code: ' \n' }, 400, /code must not be empty/);
  await refused({ code: 'a\ud800b' }, 400, /code must be valid Unicode/);
  await refused(
    { code: 'é'.repeat(MAX_CODE_BYTES / 2 + 1) },
    413,
    /code must not be larger than 100000 bytes/,
  );
  await refused({ title: '' }, 400, /title must not be empty/);
  await refused({ title: 'a\u001b[2Jb' }, 400, /title must not contain/);
  await refused({ title: 'x'.repeat(201) }, 400, /title must not be longer than 200/);
  expect(table.rows.size + objects.contents.size).toBe(0);
  await service.create({ ...NODE, code: 'é'.repeat(MAX_CODE_BYTES / 2), title: '🙂'.repeat(200) });
});

test('after a restart functions are known again and none is started', async () => {
  const world = await createWorld();
  const [kept, deleted] = [await world.service.create(NODE), await world.service.create(NODE)];
  await world.service.remove(deleted);
  const { service, deployments } = world.again();
  service.restore();
  expect(deployments.adopted.map((spec) => spec.id)).toEqual([kept]);
  expect(deployments.deployed).toEqual([]);
  expect(deployments.adopted[0]).toEqual(world.deployments.deployed[0]);
  expect(service.runtimesInUse()).toEqual(new Set(['node 20']));
});

test('a package that is gone is unpacked again', async () => {
  const world = await createWorld();
  const id = await world.service.create(NODE);
  await rm(world.packagesDirectory, { recursive: true });
  const { service, deployments } = world.again();
  service.restore();
  await expect.poll(() => deployments.deployed.length).toBe(1);
  const { directory, entry } = deployments.current.get(id)!;
  expect(await readFile(join(directory, entry), 'utf8')).toBe(NODE.code);
  await service[Symbol.asyncDispose]();
});

test('a process killed between storing code and row has changed nothing', async () => {
  const world = await createWorld();
  const id = await world.service.create(NODE);
  await world.objects.put('', id, Buffer.from('never acknowledged'));
  const { service } = world.again();
  service.restore();
  expect((await service.read(id)).code).toBe(NODE.code);
  expect(world.objects.contents.get(id)?.toString()).toBe(NODE.code);
});

test('code of which only the object is left is what counts', async () => {
  const world = await createWorld();
  const id = await world.service.create(NODE);
  await world.objects.put('', id, Buffer.from('all there is'));
  await rm(world.packagesDirectory, { recursive: true });
  const { service, deployments } = world.again();
  service.restore();
  await expect.poll(() => deployments.deployed.length).toBe(1);
  expect((await service.read(id)).code).toBe('all there is');
  const { directory, entry } = deployments.current.get(id)!;
  expect(await readFile(join(directory, entry), 'utf8')).toBe('all there is');
});

test('a damaged object is repaired from what is unpacked', async () => {
  const world = await createWorld();
  const id = await world.service.create(NODE);
  const read = world.objects.read.bind(world.objects);
  world.objects.read = () => Promise.reject(new ObjectDamaged('damaged'));
  world.objects.contents.delete(id);
  expect((await world.service.read(id)).code).toBe(NODE.code);
  world.objects.read = read;
  expect(world.objects.contents.get(id)?.toString()).toBe(NODE.code);
});

test('a function whose runtime is gone is kept, told, and can be renamed and deleted', async () => {
  const world = await createWorld();
  const id = await world.service.create(NODE);
  world.catalogue.runtimes = world.catalogue.runtimes.filter((one) => one.definition.runtime !== 'node');
  const { service, deployments } = world.again();
  service.restore();
  expect(deployments.adopted).toEqual([]);
  expect(world.journal.since(0).at(-1)).toMatchObject({ type: 'notice', id });
  await service.update(id, { title: 'renamed' });
  expect(service.get(id).title).toBe('renamed');
  expect((await service.read(id)).code).toBe(NODE.code);
  await service.remove(id);
});

test('the sweep removes what a killed process left and nothing else', async () => {
  const world = await createWorld();
  const kept = await world.service.create(NODE);
  const deleted = await world.service.create({ ...NODE, code: 'deleted' });
  await world.service.remove(deleted);
  await world.objects.put('', '000000000000000000000000', Buffer.from('no row'));
  for (const name of ['unfinished-x', 'f'.repeat(64)]) await mkdir(join(world.packagesDirectory, name));
  const { service } = world.again();
  service.restore();
  await service.sweep();
  expect([...world.objects.contents.keys()].sort()).toEqual([kept, deleted].sort());
  expect(await packages(world.packagesDirectory)).toHaveLength(1);
});

test('the sweep spares a function that is being created', async () => {
  const { service, objects, table } = await createWorld();
  const [stored, gate] = [deferred<void>(), deferred<void>()];
  const put = objects.put.bind(objects);
  objects.put = async (...args) => {
    const result = await put(...args);
    stored.resolve();
    await gate.promise;
    return result;
  };
  const creating = service.create(NODE);
  await stored.promise;
  const sweeping = service.sweep();
  gate.resolve();
  const id = await creating;
  await sweeping;
  expect(table.get(id)).toBeDefined();
  expect(objects.contents.has(id)).toBe(true);
});

test('a reset deletes all for good and says how many there were', async () => {
  const { service, table, objects, deployments, journal, packagesDirectory } = await createWorld();
  const ids = await Promise.all([1, 2, 3].map((n) => service.create({ ...NODE, code: `code ${n}` })));
  await service.remove(ids[0]!);
  expect(await service.reset()).toBe(2);
  expect(table.rows.size + objects.contents.size + deployments.current.size).toBe(0);
  expect(await packages(packagesDirectory)).toHaveLength(0);
  expect(journal.since(0).map((entry) => entry.type)).toEqual(['daemon.reset']);
});

test('a reset ends although functions are created all the while, and those stay', async () => {
  const { service, table } = await createWorld();
  await service.create({ ...NODE, code: 'before' });
  let resetting = true;
  const creating = (async () => {
    const ids = [];
    while (resetting) ids.push(await service.create({ ...NODE, code: `code ${ids.length}` }));
    return ids;
  })();
  await service.reset();
  resetting = false;
  const last = (await creating).at(-1)!;
  expect(table.rows.get(last)?.disabled).toBe(false);
});
