import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseObject, readIfThere } from './docker-config.ts';
import { parseHost } from './docker-host.ts';
import type { EngineEndpoint, EngineTls } from './endpoint.ts';
import { EngineUnavailable, WITHOUT_DOCKER } from './engine-unavailable.ts';

interface ContextMeta {
  Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
}

/** Reads a context as `docker context create` stores it. Throws EngineUnavailable for one that is not there. */
export function readContext(name: string, folder: string, defaultPath: string): EngineEndpoint {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(folder, 'contexts', 'meta', id, 'meta.json');
  const content = readIfThere(path);
  const said = `The Docker context "${name}"`;
  if (content === undefined)
    throw new EngineUnavailable(`${said} does not exist in ${folder}`, [
      'choose one of "docker context ls": docker context use default (or DOCKER_CONTEXT)',
      WITHOUT_DOCKER,
    ]);
  const docker = (parseObject(path, content.toString('utf8')) as ContextMeta).Endpoints?.docker;
  const tls = readCertificates(join(folder, 'contexts', 'tls', id, 'docker'), docker?.SkipTLSVerify !== true);
  const address = parseHost({
    value: docker?.Host || 'unix://',
    said,
    defaultPath,
    tls: (https) => (https || tls.ca || tls.cert || !tls.verify ? tls : undefined),
  });
  return { address, source: { kind: 'context', name } };
}

/** The three files that Docker keeps certificates in, those of them that are there. */
export function readCertificates(folder: string, verify: boolean): EngineTls {
  const tls: EngineTls = { verify };
  for (const name of ['ca', 'cert', 'key'] as const) {
    const content = readIfThere(join(folder, `${name}.pem`));
    if (content) tls[name] = content;
  }
  return tls;
}
