import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { extract, pack } from 'tar-stream';
import { isNotFound } from '../engine/engine-errors.ts';
import { DAEMON_LABEL, LAMBDA_ROLE, ROLE_LABEL } from '../labels.ts';
import type { LocalImage } from './lambda-images.ts';

/** What has to be known of a function's image beyond its configuration. */
export interface ImageContents {
  /** External extensions: file name and path. */
  extensions: Readonly<Record<string, string>>;
  /** Its /tmp is everybody's. An image without one, or with root's, gets it opened in each container. */
  openTemporary: boolean;
}

const EXTENSIONS = '/opt/extensions';

/** Looks into images, once into each, by a container that never runs. */
export class ImageLooks {
  readonly #docker: Docker;
  readonly #daemonId: string;
  readonly #known = new Map<string, Promise<ImageContents>>();

  constructor(docker: Docker, daemonId: string) {
    this.#docker = docker;
    this.#daemonId = daemonId;
  }

  look({ id }: LocalImage): Promise<ImageContents> {
    const known = this.#known.get(id);
    if (known) return known;
    const looking = this.#look(id);
    this.#known.set(id, looking);
    looking.catch(() => this.#known.delete(id));
    return looking;
  }

  async #look(image: string): Promise<ImageContents> {
    const container = await this.#docker.createContainer({
      Image: image,
      Entrypoint: ['/never-started'],
      Cmd: [],
      Labels: { [DAEMON_LABEL]: this.#daemonId, [ROLE_LABEL]: LAMBDA_ROLE },
      NetworkDisabled: true,
    });
    try {
      return { extensions: await extensionsIn(container), openTemporary: await isOpen(container, '/tmp') };
    } finally {
      await container.remove({ force: true, v: true }).catch(() => {}); // found by its label at the next start
    }
  }
}

async function extensionsIn(container: Docker.Container): Promise<Record<string, string>> {
  try {
    return await filesIn((await container.getArchive({ path: EXTENSIONS })) as unknown as Readable);
  } catch (error) {
    if (isNotFound(error)) return {};
    throw error;
  }
}

/** Whether anyone may write to a folder. */
async function isOpen(container: Docker.Container, path: string): Promise<boolean> {
  try {
    const { headers } = (await container.infoArchive({ path })) as { headers: Record<string, string> };
    const { mode } = JSON.parse(
      Buffer.from(headers['x-docker-container-path-stat'] ?? '', 'base64').toString() || '{}',
    ) as { mode?: number };
    return ((mode ?? 0) & 0o002) !== 0;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Has everyone write to a container's /tmp, which is a volume of its own and so can be changed before the container runs. */
export async function openTemporary(container: Docker.Container): Promise<void> {
  const archive = pack();
  archive.entry({ name: './', type: 'directory', mode: 0o1777 });
  archive.finalize();
  await container.putArchive(archive, { path: '/tmp' });
}

async function filesIn(archive: Readable): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const reader = extract();
  reader.on('entry', ({ name, type }, content, next) => {
    const [, file] = /^[^/]+\/([^/]+)$/.exec(name) ?? [];
    if (file !== undefined && type === 'file') found[file] = `${EXTENSIONS}/${file}`;
    content.on('end', next);
    content.resume();
  });
  await new Promise<void>((resolve, reject) => {
    reader.on('finish', resolve);
    reader.on('error', reject);
    archive.on('error', reject);
    archive.pipe(reader);
  });
  return found;
}
