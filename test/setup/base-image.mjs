// Makes the image that runtime images are built from where no registry of images can be reached: Debian with this
// machine's Node.js, Python and Flask; and a second one with this machine's Go on top.
// By hand: node test/setup/base-image.mjs
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, works } from './run.mjs';

const NAME = 'lambdock-test-base';
const RELEASE = 'bookworm';
/** curl is there for health checks, libstdc++6 for Node.js. */
const PACKAGES = ['python3', 'python3-flask', 'python3-pip', 'ca-certificates', 'curl', 'libstdc++6'];

/** What an image has no use for: package lists and archives, documents, translations. */
const CLUTTER = [
  'var/lib/apt/lists',
  'var/cache',
  'var/log',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/lintian',
  // With it, pip refuses to install what Debian does not package; images of Python have none.
  'usr/lib/python3.11/EXTERNALLY-MANAGED',
];

/** Of Go, what no build reads. */
const GO_CLUTTER = ['./test', './doc', './api', './misc', 'testdata', '*_test.go'];

/**
 * Resolves with the names of the two images, `go` undefined where the machine has no Go; or with what is missing. The files of
 * the first are kept in `cache`, so that only the first of all calls takes long.
 */
export async function ensureBaseImages({ cache, say = console.log }) {
  const given = process.env.LAMBDOCK_TEST_BASE_IMAGE;
  if (given) return { base: given, go: process.env.LAMBDOCK_TEST_BASE_IMAGE_GO };
  try {
    const base = await ensureBase(cache, say);
    return { base, go: await ensureGo(base, say) };
  } catch (error) {
    return { missing: `a base image for containers (${error.message})` };
  }
}

async function ensureBase(cache, say) {
  const id = hash(readFileSync(import.meta.filename), process.version, process.arch);
  const image = `${NAME}:${id}`;
  if (await imageExists(image)) return image;
  const archive = join(cache, `${NAME}-${id}.tar`);
  if (!existsSync(archive)) {
    say(`Making a base image of Debian ${RELEASE}, Node.js and Python (about a minute, once)`);
    mkdirSync(cache, { recursive: true });
    await makeArchive(archive);
  }
  await run('docker', ['import', '--change', 'CMD ["bash"]', archive, image]);
  // The machine's own Node.js may have been built for a newer system than the image's.
  await run('docker', ['run', '--rm', '--network', 'none', image, 'node', '--version']);
  await run('docker', ['tag', image, `${NAME}:latest`]);
  return image;
}

async function makeArchive(archive) {
  if (process.getuid?.() !== 0) throw new Error('debootstrap needs root');
  const folder = mkdtempSync(join(tmpdir(), 'lambdock-test-base-'));
  const root = join(folder, 'root');
  try {
    await run('debootstrap', [
      '--variant=minbase',
      `--include=${PACKAGES.join(',')}`,
      RELEASE,
      root,
      await debianMirror(),
    ]);
    for (const path of CLUTTER) rmSync(join(root, path), { recursive: true, force: true });
    // dpkg and apt want these folders when a Dockerfile calls them.
    for (const path of ['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial', 'var/log/apt'])
      mkdirSync(join(root, path), { recursive: true });
    await run('install', ['-m', '755', process.execPath, join(root, 'usr/local/bin/node')]);
    // debootstrap leaves the machine's own names in these two; Docker mounts its own over them.
    for (const path of ['etc/hostname', 'etc/resolv.conf']) rmSync(join(root, path), { force: true });
    const unfinished = `${archive}.${process.pid}`;
    await run('tar', ['--numeric-owner', '-C', root, '-cf', unfinished, '.']);
    renameSync(unfinished, archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The address from which apt installs this machine's own packages. */
async function debianMirror() {
  const targets = await run('apt-get', ['indextargets', '--format', '$(IDENTIFIER) $(CODENAME) $(REPO_URI)']);
  const lines = targets.split('\n').map((line) => line.split(' '));
  const found = lines.find(([kind, codename]) => kind === 'Packages' && codename === RELEASE);
  if (!found) throw new Error(`apt has no source of Debian ${RELEASE}`);
  return found[2];
}

async function ensureGo(base, say) {
  const version = await run('go', ['env', 'GOROOT', 'GOVERSION'], { cwd: tmpdir() }).catch(() => undefined);
  if (version === undefined) return undefined;
  const [goRoot, goVersion] = version.split('\n');
  const image = `${NAME}-go:${hash(base, goVersion, ...GO_CLUTTER)}`;
  if (await imageExists(image)) return image;
  say(`Adding ${goVersion} to the base image`);
  const folder = mkdtempSync(join(tmpdir(), 'lambdock-test-base-go-'));
  try {
    const archive = join(folder, 'go.tar');
    const excluded = GO_CLUTTER.map((pattern) => `--exclude=${pattern}`);
    // Not every GOROOT ends in "go", and the image's has to.
    const renamed = '--transform=s,^\\.,go,';
    await run('tar', [...excluded, '--owner=0', '--group=0', renamed, '-C', goRoot, '-cf', archive, '.']);
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${base}\nADD go.tar /usr/local/\nENV PATH=/usr/local/go/bin:$PATH\n`,
    );
    await run('docker', ['build', '-q', '-t', image, folder], { env: { DOCKER_BUILDKIT: '0' } });
    await run('docker', ['run', '--rm', '--network', 'none', image, 'go', 'version']);
    await run('docker', ['tag', image, `${NAME}-go:latest`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return image;
}

function imageExists(image) {
  return works('docker', ['image', 'inspect', image]);
}

function hash(...parts) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex').slice(0, 12);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const cache = process.env.LAMBDOCK_TEST_CACHE ?? join(tmpdir(), 'lambdock-test-cache');
  const result = await ensureBaseImages({ cache });
  console.log(result.missing ? `Not usable here: ${result.missing}` : `${result.base}\n${result.go ?? ''}`);
  if (result.missing) process.exitCode = 1;
}
