import { BlockList, isIP } from 'node:net';

/** Whether an address lies in `10.0.0.0/8` or the like; `version` for what both have to be. */
export function inSubnet(ip: string | undefined, subnet: string | undefined, version?: 4 | 6): boolean {
  const [network = '', prefix = ''] = subnet?.split('/') ?? [];
  const kind = isIP(network);
  const length = Number(prefix);
  if (ip === undefined || kind === 0 || isIP(ip) !== kind || (version && kind !== version)) return false;
  if (!/^\d{1,3}$/.test(prefix) || length > (kind === 4 ? 32 : 128)) return false;
  const type = kind === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, length, type);
  return list.check(ip, type);
}
