import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, works } from './run.mjs';

/**
 * The image that the daemon's image is built in, on `base`: with this machine's npm, told what this machine's npm is told about the
 * registry, and with this machine's better-sqlite3, whose compiler would take minutes. Resolves with its name.
 */
export async function ensureBuildImage(root, base) {
  const npm = join(await run('npm', ['root', '-g']), 'npm');
  const registry = await run('npm', ['config', 'get', 'registry'], { cwd: root });
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  const sqlite = join(root, 'node_modules/better-sqlite3');
  const { version } = JSON.parse(readFileSync(join(sqlite, 'package.json'), 'utf8'));
  const addon = join(sqlite, 'build/Release/better_sqlite3.node');
  const dockerfile = `
FROM ${base}
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s /usr/local/lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
COPY certificates.pem prebuilds /opt/lambdock-build/
ENV NODE_EXTRA_CA_CERTS=/opt/lambdock-build/certificates.pem npm_config_registry=${registry} \\
    npm_config_better_sqlite3_local_prebuilds=/opt/lambdock-build
`;
  const parts = [dockerfile, readFileSync(join(npm, 'package.json')), readFileSync(addon)];
  if (certificates) parts.push(readFileSync(certificates));
  return ensureImage('lambdock-test-build', parts, async (folder) => {
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    cpSync(npm, join(folder, 'npm'), { recursive: true });
    writeFileSync(join(folder, 'certificates.pem'), certificates ? readFileSync(certificates) : '');
    mkdirSync(join(folder, 'prebuilds'));
    const { modules } = process.versions;
    const name = `better-sqlite3-v${version}-node-v${modules}-${process.platform}-${process.arch}.tar.gz`;
    await run('tar', [
      '-C',
      sqlite,
      '-czf',
      join(folder, 'prebuilds', name),
      'build/Release/better_sqlite3.node',
    ]);
  });
}

/** An image like the official one, of a MinIO server's binary on `base`. Resolves with its name. */
export function ensureMinioImage(minio, base) {
  const dockerfile = `
FROM ${base}
COPY minio /usr/bin/minio
VOLUME /data
ENTRYPOINT ["/usr/bin/minio"]
`;
  return ensureImage('lambdock-test-minio', [dockerfile, readFileSync(minio)], (folder) => {
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    copyFileSync(minio, join(folder, 'minio'));
  });
}

/** Builds an image from a folder that `fill` fills, unless one of the same `parts` is there. */
async function ensureImage(name, parts, fill) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  const image = `${name}:${digest.digest('hex').slice(0, 12)}`;
  if (await works('docker', ['image', 'inspect', image])) return image;
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  try {
    await fill(folder);
    await run('docker', ['build', '-q', '-t', image, folder], { env: { DOCKER_BUILDKIT: '0' } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return image;
}
