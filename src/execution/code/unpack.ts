import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, posix } from 'node:path';
import { BadArchive, readArchive, type ZipEntry } from './zip-archive.ts';

/** AWS's limit of unpacked code with its layers is 250 MB; a package of its own may not have more either. */
const LARGEST: number = 262_144_000;
const MOST_ENTRIES = 200_000;
const WRITES_AT_ONCE = 16;
const FILE_MODE = 0o644;
const EXECUTABLE = 0o111;

/**
 * Unpacks a zip file into a new folder. Nothing gets outside of it: names that lead up or are absolute are refused, and
 * so are links to anything that is not in the archive's own folder. Throws BadArchive.
 */
export async function unpackArchive(zip: Buffer, folder: string): Promise<void> {
  const entries = readArchive(zip, { entries: MOST_ENTRIES, bytes: LARGEST });
  const links = entries.filter(({ kind }) => kind === 'link');
  const linked = new Set(links.map(({ name }) => safeName(name)));
  const folders = new Set<string>();
  const files: { path: string; entry: ZipEntry }[] = [];
  for (const entry of entries) {
    const name = safeName(entry.name);
    refuseThroughLink(name, linked);
    if (entry.kind === 'other') throw new BadArchive(`${entry.name} is neither file nor folder`);
    folders.add(entry.kind === 'folder' ? name : dirname(name));
    if (entry.kind === 'file') files.push({ path: join(folder, name), entry });
  }
  await mkdir(folder, { recursive: true });
  for (const name of folders) await mkdir(join(folder, name), { recursive: true });
  await eachOf(files, WRITES_AT_ONCE, async ({ path, entry }) => {
    const mode = entry.mode === undefined ? FILE_MODE : FILE_MODE | (entry.mode & EXECUTABLE);
    await writeFile(path, await entry.read(), { mode });
  });
  for (const entry of links) await makeLink(folder, safeName(entry.name), entry);
}

function safeName(name: string): string {
  const clean = normalize(name).replace(/\/$/, '');
  const outside = name.startsWith('/') || clean === '..' || clean.startsWith('../') || name.includes('\0');
  if (outside || /^[a-z]:/i.test(name)) throw new BadArchive(`${name} leads out of the folder`);
  return clean;
}

/** An entry below a link would be written wherever that leads. */
function refuseThroughLink(name: string, linked: ReadonlySet<string>): void {
  if (linked.size === 0) return;
  for (let parent = posix.dirname(name); parent !== '.'; parent = posix.dirname(parent)) {
    if (linked.has(parent)) throw new BadArchive(`${name} lies below a link`);
  }
}

async function makeLink(folder: string, name: string, entry: ZipEntry): Promise<void> {
  const target = (await entry.read()).toString();
  const destination = normalize(join(posix.dirname(name), target));
  // Up again after a name: where that goes depends on what the name is a link to.
  const winding = /[^./][^/]*\/(.*\/)?\.\.(\/|$)/.test(target);
  if (target.startsWith('/') || winding || destination === '..' || destination.startsWith('../')) {
    throw new BadArchive(`${name} is a link that leads out of the folder`);
  }
  await symlink(target, join(folder, name));
}

async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
