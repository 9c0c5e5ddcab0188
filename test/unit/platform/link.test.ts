import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, NODE, temporaryFolder } from './support.ts';

async function folderWith(...files: string[]): Promise<string> {
  const folder = join(await temporaryFolder(), 'hello');
  await mkdir(folder);
  for (const file of files) await writeFile(join(folder, file), `code in ${file}`);
  return folder;
}

test('a folder is linked by its handler file and named after itself', async () => {
  const { service, deployments, objects } = await createWorld();
  const path = await folderWith('handler.py', 'other.txt');
  const record = await service.link({ path: `${path}/` });
  expect(record).toMatchObject({ title: 'hello', runtime: 'python', version: '3.12' });
  expect(record.source).toEqual({ kind: 'linked', path, directory: path, entry: 'handler.py' });
  expect(deployments.current.get(record.id)).toMatchObject({ directory: path, entry: 'handler.py' });
  expect(objects.contents.size).toBe(0);
  expect((await service.read(record.id)).code).toBe('code in handler.py');
});

test('a single file is linked under its own name', async () => {
  const { service } = await createWorld();
  const folder = await folderWith('handler.ts');
  const record = await service.link({ path: join(folder, 'handler.ts') });
  expect(record).toMatchObject({ title: 'handler.ts', runtime: 'node', version: '20' });
  expect(record.source).toMatchObject({ directory: folder, entry: 'handler.ts' });
});

test('of several handler files the first in the order of the catalogue is taken, or the one of the named runtime', async () => {
  const { service } = await createWorld();
  const path = await folderWith('handler.py', 'handler.mjs', 'handler.ts');
  expect((await service.link({ path })).source).toMatchObject({ entry: 'handler.mjs' });
  expect((await service.link({ path, runtime: 'python' })).source).toMatchObject({ entry: 'handler.py' });
});

test('a file with any name runs when its runtime is named', async () => {
  const { service } = await createWorld();
  const path = join(await folderWith('main.xyz'), 'main.xyz');
  await expect(service.link({ path })).rejects.toThrow(/no runtime is known for main.xyz; .*handler.mjs/);
  expect(await service.link({ path, runtime: 'python' })).toMatchObject({ runtime: 'python' });
});

test('a path through a symbolic link is kept as it was named', async () => {
  const { service } = await createWorld();
  const folder = await folderWith('handler.mjs');
  const path = `${folder}-link`;
  await symlink(folder, path);
  expect((await service.link({ path })).source).toMatchObject({ path, directory: path });
});

test('the same path gives the same function, which is not started twice', async () => {
  const { service, deployments } = await createWorld();
  const path = await folderWith('handler.mjs');
  const first = await service.link({ path });
  const [second, third] = await Promise.all([service.link({ path, title: 'new' }), service.link({ path })]);
  expect([second.id, third.id]).toEqual([first.id, first.id]);
  expect((await service.link({ path })).title).toBe('new');
  expect(deployments.deployed).toHaveLength(1);
});

test('two first links of one path at once give one function', async () => {
  const { service, table } = await createWorld();
  const path = await folderWith('handler.mjs');
  await Promise.all([service.link({ path }), service.link({ path })]);
  expect(table.all()).toHaveLength(1);
});

for (const state of ['idle', 'failed'] as const) {
  test(`linking a function that is ${state} starts it`, async () => {
    const { service, deployments } = await createWorld();
    const path = await folderWith('handler.mjs');
    await service.link({ path });
    deployments.state = state;
    await service.link({ path });
    expect(deployments.deployed).toHaveLength(2);
  });
}

test('other watch options or another handler file deploy it again', async () => {
  const { service, deployments } = await createWorld();
  const path = await folderWith('handler.mjs', 'handler.py');
  await service.link({ path });
  await service.link({ path, poll: true, ignore: ['*.log'] });
  expect(deployments.deployed.at(-1)?.source).toMatchObject({ poll: true, ignore: ['*.log'] });
  await rm(join(path, 'handler.mjs'));
  await service.link({ path, poll: true, ignore: ['*.log'] });
  expect(deployments.deployed.at(-1)).toMatchObject({ entry: 'handler.py' });
  expect(deployments.deployed).toHaveLength(3);
});

test('a path that leads to nothing is refused with what was looked for', async () => {
  const { service, table } = await createWorld();
  const empty = await folderWith();
  await expect(service.link({ path: 'relative' })).rejects.toThrow('path must be an absolute path');
  await expect(service.link({ path: '/a\0b' })).rejects.toThrow('path must be an absolute path');
  await expect(service.link({ path: join(empty, 'x') })).rejects.toThrow(/path .*x does not exist/);
  await expect(service.link({ path: '/dev/null' })).rejects.toThrow('neither a file nor a folder');
  await expect(service.link({ path: empty })).rejects.toThrow(
    'has no handler file; looked for handler.go, handler.mjs, handler.ts, handler.py',
  );
  await expect(service.link({ path: empty, runtime: 'python' })).rejects.toThrow(/looked for handler.py$/);
  await expect(service.link({ path: empty, runtime: 'ruby' })).rejects.toThrow('runtime "ruby" is not known');
  expect(table.rows.size).toBe(0);
});

test('the code and runtime of a linked function are not changed through the API, its title is', async () => {
  const { service, deployments } = await createWorld();
  const path = await folderWith('handler.mjs');
  const { id } = await service.link({ path });
  const conflict = { status: 409, message: expect.stringContaining(path) };
  await expect(service.update(id, { code: 'x' })).rejects.toMatchObject(conflict);
  await expect(service.update(id, { runtime: 'python', version: '3.12' })).rejects.toMatchObject(conflict);
  await service.update(id, { title: 'renamed', runtime: 'node' });
  expect(service.get(id).title).toBe('renamed');
  expect(deployments.deployed).toHaveLength(1);
});

test('the code of a linked function whose file is gone is a conflict that names the file', async () => {
  const { service } = await createWorld();
  const path = await folderWith('handler.mjs');
  const record = await service.link({ path });
  await rm(path, { recursive: true });
  await expect(service.read(record.id)).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining(join(path, 'handler.mjs')),
  });
});

test('linked functions are adopted after a restart, and deleting one leaves the files', async () => {
  const world = await createWorld();
  const path = await folderWith('handler.mjs');
  const { id } = await world.service.link({ path });
  await world.service.create(NODE);
  const { service, deployments } = world.again();
  service.restore();
  expect(deployments.adopted.find((spec) => spec.id === id)).toMatchObject({ directory: path });
  await service.remove(id);
  expect(await readFile(join(path, 'handler.mjs'), 'utf8')).toBe('code in handler.mjs');
});
