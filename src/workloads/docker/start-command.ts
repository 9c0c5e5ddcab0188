import type { WorkloadTemplate } from '../workload.ts';
import type { AgentCommand } from './agent-connection.ts';
import type { DockerWorkload } from './docker-workload.ts';
import type { CodeRoute } from './reach.ts';

type StartCommand = Extract<AgentCommand, { command: 'start' }>;

/** What tells the code of two processes of one function apart; empty for a folder, whose content may have changed since. */
export function revisionOf({ container }: WorkloadTemplate): string {
  return container?.code ? `${container.code.sha256}@${container.image}` : '';
}

/** What an agent is told to start. Without a route the code itself goes along. Rejects when that can't be read. */
export async function startCommand(
  { process, template }: DockerWorkload,
  route: CodeRoute | undefined,
  spare: boolean,
): Promise<StartCommand> {
  const { container, owner } = template;
  const load = { ...template.load!, functionId: owner };
  const command = { command: 'start', process, revision: revisionOf(template), spare, load } as const;
  const code = container?.code;
  if (!code) return command;
  const { sha256, bucket, key } = code;
  const source = route
    ? { url: await route.sign(bucket, key) }
    : { content: (await code.read()).toString('base64') };
  return {
    ...command,
    load: { ...load, directory: `/function/${process}` },
    fetch: { ...source, sha256 },
  };
}
