import { BlockList, createServer, type Socket } from 'node:net';
import type { HostView } from '../workloads/docker/lambda/host-view.ts';
import type { Front } from './front.ts';

/** Where containers reach the daemon, whose own address is this machine's alone. */
export class ContainerDoor {
  readonly #front: Front;
  readonly #url: () => string;
  readonly #opened = new Map<string, Promise<string>>();

  /** `url`: where this machine reaches the daemon. */
  constructor(front: Front, url: () => string) {
    this.#front = front;
    this.#url = url;
  }

  /** The URL for containers that see this machine so. On the daemon's own port, where that is free there. */
  open({ bind, name, subnet }: HostView): Promise<string> {
    const key = `${bind} ${subnet}`;
    const known = this.#opened.get(key);
    if (known) return known;
    const opening = this.#open(bind, name, subnet);
    this.#opened.set(key, opening);
    opening.catch(() => this.#opened.delete(key));
    return opening;
  }

  async #open(bind: string, name: string, subnet: string | undefined): Promise<string> {
    const admitted = subnet === undefined ? undefined : addresses(subnet);
    const visitors = {
      mayConnect: ({ remoteAddress = '' }: Socket) => admitted?.check(remoteAddress, 'ipv4') ?? true,
    };
    const listen = (port: number) => this.#front.listen(port, bind, visitors);
    const { port } = await listen(Number(new URL(this.#url()).port)).catch(() => listen(0));
    return `http://${name}:${port}`;
  }
}

function addresses(subnet: string): BlockList {
  const [network = '', bits] = subnet.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), 'ipv4');
  return list;
}

/** Whether an address is this machine's. */
export function canListen(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });
}
