import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { awsEnvironment, boto3, HAS_PYTHON_CLIENTS } from '../support/aws/python.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe.runIf(HAS_PYTHON_CLIENTS)("AWS's models", () => {
  test('are what the constraints of every service were made from', async () => {
    const services = readdirSync(join(ROOT, 'src', 'services'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('constraints.json'))
      .map((path) => path.split('/')[0]!);
    expect(services).toContain('sts');
    const folder = await boto3(
      'print(json.dumps(botocore.__path__[0]))',
      awsEnvironment('http://127.0.0.1:1'),
    );
    const script = join(ROOT, 'scripts', 'constraints.mjs');
    const check = [script, '--check', join(String(folder), 'data'), ...services];
    const { stdout } = await promisify(execFile)(process.execPath, check);
    expect(stdout.trim().split('\n')).toHaveLength(services.length);
  });
});
