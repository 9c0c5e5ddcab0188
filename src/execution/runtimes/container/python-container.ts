import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeLocation } from '../../runtime.ts';
import { explainPip, PIP_INSTALL, pipProgress } from '../pip.ts';
import { SharedJobs } from '../shared-jobs.ts';
import { type Additions, ContainerRuntime } from './container-runtime.ts';

const TOPIC = 'python';

interface Installation {
  requirements: string;
  /** The file's text. */
  text: string;
  image: string;
  folder: string;
}

/** Python in a container. What a folder's requirements.txt asks for is installed by the image's own pip, once. */
export class PythonContainer extends ContainerRuntime {
  readonly #jobs = new SharedJobs();

  override [Symbol.asyncDispose](): Promise<void> {
    return this.#jobs.stop();
  }

  protected override async additions(
    { directory }: CodeLocation,
    image: string,
    signal: AbortSignal,
  ): Promise<Additions> {
    const requirements = join(directory, 'requirements.txt');
    const text = await readIfThere(requirements);
    if (text.trim() === '') return {};
    const key = createHash('sha256').update(`${image}\0${text}`).digest('hex').slice(0, 24);
    const folder = join(this.context.cacheDirectory, 'python-packages', key);
    const installation = { requirements, text, image, folder };
    await this.#jobs.run(folder, signal, (shared) => this.#install(installation, shared));
    return { mounts: [folder], env: { PYTHONPATH: folder } };
  }

  async #install({ requirements, text, image, folder }: Installation, signal: AbortSignal): Promise<void> {
    if (await exists(folder)) return;
    // Under another name until it is complete, whoever makes it: daemons may share the cache.
    const draft = `${folder}.${randomUUID()}`;
    await mkdir(draft, { recursive: true });
    this.context.onProgress(TOPIC, 'Installing what requirements.txt asks for');
    try {
      const result = await this.context.runTool({
        image,
        command: ['python3', '-m', 'pip', ...PIP_INSTALL, '--target', draft, '-r', requirements],
        env: { ...this.context.env, HOME: '/tmp', PIP_NO_CACHE_DIR: '1' },
        mounts: [join(requirements, '..'), draft],
        writable: [draft],
        signal,
        onLine: (line) => {
          const news = pipProgress(line);
          if (news !== undefined) this.context.onProgress(TOPIC, news);
        },
      });
      if (result.code !== 0) throw explainPip(result, text);
      await rename(draft, folder);
    } catch (error) {
      if (!(await exists(folder))) throw error; // else another daemon was quicker
    } finally {
      await rm(draft, { recursive: true, force: true });
      this.context.onProgress(TOPIC, 'requirements.txt is done', true);
    }
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
