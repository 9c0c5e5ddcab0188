import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ContainerTool } from '../../execution/runtimes/container/context.ts';
import type { ToolResult } from '../../execution/runtimes/run-tool.ts';
import { SourceFailure } from '../../execution/source.ts';
import { explainStart } from './explain.ts';
import { FrameReader, LineAssembler } from './frames.ts';
import { DAEMON_LABEL, ROLE_LABEL } from './labels.ts';

export interface ToolSite {
  docker: Docker;
  daemonId: string;
  /** The engine is a user's own: root inside is that user outside. */
  rootless: boolean;
}

/** The newest lines are kept when there are very many. */
const MAX_LINES = 2_000;

/**
 * Runs a command to its end in a container of its own, which is removed then. What it writes belongs to the user who
 * runs the daemon. Rejects with SourceFailure (kind `setup`) when it can't be started, with the signal's reason when
 * that aborts.
 */
export async function runToolContainer(site: ToolSite, tool: ContainerTool): Promise<ToolResult> {
  tool.signal.throwIfAborted();
  const container = await create(site, tool);
  const end = () => void container.kill().catch(() => {}); // has ended by itself
  try {
    // Attached before it starts: a short command's output would be missed otherwise.
    const output = (await container.attach({
      stream: true,
      stdout: true,
      stderr: true,
    })) as unknown as Readable;
    const lines = collect(output, tool.onLine);
    const ended = container.wait();
    ended.catch(() => {}); // where Docker goes away, the start has failed first
    await container.start();
    tool.signal.addEventListener('abort', end, { once: true });
    if (tool.signal.aborted) end();
    const [{ StatusCode: code }, collected] = await Promise.all([ended, lines]);
    tool.signal.throwIfAborted();
    return { code: code as number, lines: collected };
  } catch (error) {
    tool.signal.throwIfAborted();
    throw new SourceFailure(explainStart(error));
  } finally {
    tool.signal.removeEventListener('abort', end);
    await container.remove({ force: true, v: true }).catch(() => {}); // found by its label at the next start
  }
}

async function create(
  { docker, daemonId, rootless }: ToolSite,
  tool: ContainerTool,
): Promise<Docker.Container> {
  const { image, command, env, mounts, writable } = tool;
  try {
    return await docker.createContainer({
      Image: image,
      Entrypoint: [],
      Cmd: [...command],
      User: rootless ? '0:0' : `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      Labels: { [DAEMON_LABEL]: daemonId, [ROLE_LABEL]: 'tool' },
      HostConfig: {
        Init: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,mode=1777' },
        Mounts: mounts.map((path) => ({
          Type: 'bind' as const,
          Source: path,
          Target: path,
          ReadOnly: !writable.includes(path),
        })),
      },
    });
  } catch (error) {
    throw new SourceFailure(explainStart(error));
  }
}

async function collect(output: Readable, onLine: (line: string) => void): Promise<string[]> {
  const lines: string[] = [];
  const assembler = new LineAssembler(({ text }) => {
    lines.push(text);
    if (lines.length > MAX_LINES) lines.shift();
    onLine(text);
  });
  const frames = new FrameReader((frame) => assembler.push(frame), { times: false });
  await new Promise<void>((resolve) => {
    output.on('data', (chunk: Buffer) => frames.push(chunk));
    output.on('end', resolve);
    output.on('close', resolve);
    output.on('error', () => resolve());
  });
  assembler.flush();
  return lines;
}
