import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { packageInfo } from '../../src/package-info.ts';
import { docker } from './containers.ts';
import { eventually } from './daemon.ts';

const execute = promisify(execFile);

/** compose.yaml as a user brings it up, under a project name of its own and on any free port. */
export class ComposeProject {
  readonly #name = `lambdock-test-${process.pid}`;
  readonly #variables: Record<string, string>;

  constructor(variables: Record<string, string>) {
    this.#variables = variables;
  }

  /** Runs a subcommand of compose, the plugin of today or the program that Debian has, and resolves with its stdout. */
  async run(...args: string[]): Promise<string> {
    const [program, ...first] = await composeCommand();
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LAMBDOCK_'));
    const env = { ...Object.fromEntries(inherited), LAMBDOCK_PORT: '0', ...this.#variables };
    const options = { cwd: packageInfo().root, env, maxBuffer: 16 * 2 ** 20 };
    const { stdout } = await execute(program!, [...first, '--project-name', this.#name, ...args], options);
    return stdout;
  }

  /** Brings it up, waits until all services are healthy, and resolves with the URL of the daemon. */
  async up(variables: Record<string, string> = {}): Promise<string> {
    Object.assign(this.#variables, variables);
    await this.run('up', '-d');
    await eventually(async () => {
      const states = await Promise.all([this.health('minio'), this.health('lambdock')]);
      return states.every((state) => state === 'healthy');
    }, 60_000);
    return `http://${(await this.run('port', 'lambdock', '4566')).trim()}`;
  }

  async health(service: string): Promise<string> {
    return docker('inspect', '--format', '{{.State.Health.Status}}', await this.container(service));
  }

  async container(service: string): Promise<string> {
    return (await this.run('ps', '-q', service)).trim();
  }

  /** Kinds of things that Docker still has of this project. */
  async leftovers(): Promise<string[]> {
    const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${this.#name}`];
    const lists = await Promise.all([
      docker('ps', '--all', ...filter),
      docker('network', 'ls', ...filter),
      docker('volume', 'ls', ...filter),
    ]);
    return ['containers', 'networks', 'volumes'].filter((_, index) => lists[index] !== '');
  }
}

async function composeCommand(): Promise<string[]> {
  return docker('compose', 'version').then(
    () => ['docker', 'compose'],
    () => ['docker-compose'],
  );
}
