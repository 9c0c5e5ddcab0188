import { statfs } from 'node:fs/promises';

/** Linux's numbers of file systems whose other side changes files without telling this side. */
const SILENT: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x786f4256, 'a VirtualBox share'],
]);

/** The kind of file system a path lies on where that does not report changes made elsewhere: `NFS`. Else undefined. */
export async function silentFileSystem(path: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    return SILENT.get((await statfs(path)).type);
  } catch {
    // Not there or not telling: whatever it is, watching it will say so.
    return undefined;
  }
}
