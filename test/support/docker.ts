import type Docker from 'dockerode';
import { BASE_IMAGE, BASE_IMAGE_GO, docker } from './containers.ts';
import { type RunningDaemon, type StartOptions, startDaemon } from './daemon.ts';

export { DOCKER, docker } from './containers.ts';

/** A daemon that runs functions in containers. */
export function startDockerDaemon({ args = [], ...options }: StartOptions = {}): Promise<RunningDaemon> {
  return startDaemon({ ...options, args: [...dockerFlags(), ...args] });
}

/** What `lambdock start` needs to run functions in containers where no image can be pulled. */
export function dockerFlags(): string[] {
  return [
    '--driver',
    'docker',
    '--base-images',
    `${BASE_IMAGE},golang=${BASE_IMAGE_GO}`,
    '--lambda-images',
    BASE_IMAGE,
  ];
}

/** A network of a test's own, for the address of this machine on it: containers can reach that, and nobody outside. */
export class TestNetwork implements AsyncDisposable {
  readonly #id: string;
  readonly host: string;

  private constructor(id: string, host: string) {
    this.#id = id;
    this.host = host;
  }

  static async create(): Promise<TestNetwork> {
    const id = await docker('network', 'create', `lambdock-test-${process.pid}-${Date.now()}`);
    const format = '{{(index .IPAM.Config 0).Gateway}}';
    return new TestNetwork(id, await docker('network', 'inspect', id, '--format', format));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await docker('network', 'rm', this.#id);
  }
}

/** The label of all that a daemon makes. */
export async function labelOf(daemon: Pick<RunningDaemon, 'url'>): Promise<string> {
  return (await driverHealth(daemon)).label;
}

/** Ids of a daemon's containers, running or not, as the `docker` command lists them. */
export async function containersOf(label: string, ...filters: string[]): Promise<string[]> {
  const args = filters.flatMap((filter) => ['--filter', filter]);
  const ids = await docker('ps', '-aq', '--no-trunc', '--filter', `label=${label}`, ...args);
  return lines(ids).sort();
}

/** Ids of the containers that a function runs in. */
export function containersOfFunction(label: string, functionId: string): Promise<string[]> {
  return containersOf(label, `name=lambdock-${functionId}-`);
}

/** Names of what carries a daemon's label: containers, networks, volumes. */
export async function labelled(label: string): Promise<string[]> {
  const filter = ['--filter', `label=${label}`];
  const found = await Promise.all([
    docker('ps', '-a', '--format', 'container {{.Names}}', ...filter),
    docker('network', 'ls', '--format', 'network {{.Name}}', ...filter),
    docker('volume', 'ls', '--format', 'volume {{.Name}}', ...filter),
  ]);
  return found.flatMap(lines);
}

export async function inspect(container: string): Promise<Docker.ContainerInspectInfo> {
  return (JSON.parse(await docker('inspect', container)) as Docker.ContainerInspectInfo[])[0]!;
}

/** The driver's part of `GET /_lambdock/health`. */
export interface DriverHealth {
  name: string;
  workloads: number;
  standbys: number;
  containers: number;
  engine: string;
  label: string;
  access?: string;
  code?: string;
  notice?: string;
}

export async function driverHealth({ url }: Pick<RunningDaemon, 'url'>): Promise<DriverHealth> {
  const response = await fetch(`${url}/_lambdock/health`);
  return ((await response.json()) as { driver: DriverHealth }).driver;
}

/** A function's log, as the API tells it. */
export async function logOf(
  url: string,
  id: string,
): Promise<{ seq: number; stream: string; text: string }[]> {
  const text = await (await fetch(`${url}/lambda/${id}/logs?follow=false`)).text();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, line]) => JSON.parse(line!));
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
