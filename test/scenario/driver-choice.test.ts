import { describe, expect, it } from 'vitest';
import { User } from '../support/cli.ts';
import { BASE_IMAGE, DOCKER } from '../support/containers.ts';
import { startDaemon } from '../support/daemon.ts';
import { driverHealth } from '../support/docker.ts';

const WHY = 'DOCKER_HOST is unix:///nowhere/docker.sock, where no Docker engine answers (ENOENT)';
const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

describe('without a Docker engine', () => {
  it('start --driver docker does not start, and says the ways out', async () => {
    await using user = new User(env);
    const { code, stdout, stderr } = await user.run('start', '--driver', 'docker', '--port', '0');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      `error: ${WHY}`,
      expect.stringContaining('- start Docker'),
      expect.stringContaining('- unset DOCKER_HOST'),
      '  - run functions as processes of this machine: --driver process',
      '',
    ]);
  });

  it('start --driver auto runs functions as processes, and says so and why', async () => {
    await using daemon = await startDaemon({ args: ['--driver', 'auto'], env });
    const { name, notice } = await driverHealth(daemon);
    expect({ name, notice }).toEqual({ name: 'process', notice: `as processes, not in containers: ${WHY}` });
    await expect.poll(daemon.output).toContain(notice);
    await expect.poll(daemon.output).toMatch(/driver {2}process: /);
  });

  it('doctor takes that for a limitation with auto, for a fault with docker', async () => {
    await using user = new User(env);
    const doctor = async (driver: string) => {
      const { code, stdout } = await user.run('doctor', '--port', '0', '--driver', driver, '--json');
      const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string }[] };
      const languages = checks.filter(({ name }) => /^(node|python|go) /.test(name)).length;
      return { code, docker: checks.find(({ name }) => name === 'Docker')?.state, languages };
    };
    expect(await doctor('auto')).toEqual({ code: 0, docker: 'warning', languages: 3 });
    expect(await doctor('docker')).toEqual({ code: 1, docker: 'missing', languages: 0 });
  });
});

describe.runIf(DOCKER)('with a Docker engine', () => {
  it('start --driver auto runs functions in containers, and says of which engine', async () => {
    const args = ['--driver', 'auto', '--no-standby', '--base-images', BASE_IMAGE];
    await using daemon = await startDaemon({ args });
    const { name, engine, notice } = await driverHealth(daemon);
    expect({ name, notice }).toEqual({ name: 'docker', notice: undefined });
    expect(engine).toMatch(/^(Docker|Podman) \d\S* at \S+$/);
    await expect.poll(daemon.output).toContain(engine);
  });

  it('start --driver auto runs functions as processes where images can’t be had', async () => {
    const args = ['--driver', 'auto', '--base-images', 'registry.invalid/none:1'];
    await using daemon = await startDaemon({ args });
    const { name, notice } = await driverHealth(daemon);
    expect(name).toBe('process');
    expect(notice).toMatch(
      /^as processes, not in containers: there is no \S+ \S+ image, nor registry\.invalid/,
    );
  });

  it('start --driver docker starts without images, and tells what keeps a language from being ready', async () => {
    const args = ['--driver', 'docker', '--base-images', 'registry.invalid/none:1'];
    await using daemon = await startDaemon({ args });
    await expect
      .poll(daemon.output)
      .toContain("The node 20 image needs registry.invalid/none:1, which can't be pulled");
    expect(daemon.output()).not.toContain('internal error');
  });
});
