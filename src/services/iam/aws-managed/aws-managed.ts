import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { base32 } from '../../../aws/access-key.ts';
import type { Policy } from '../store/model.ts';

/** Beside this module, in `src/` and in the bundle: `scripts/aws-managed-policies.mjs` writes it, `--print` shows it. */
const FILE = new URL('./policies.br', import.meta.url);

/**
 * AWS's own policies, all of them, with the documents of their default versions. They are read when the first one is asked
 * for, in some ten milliseconds, and stay one text, of which a policy is a line.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export class AwsManagedPolicies {
  #lines: ReadonlyMap<string, string> | undefined;
  /** By partition: who pages through them asks again and again. */
  readonly #lists = new Map<string, readonly Policy[]>();

  /** The one at a path such as `/service-role/`. Its ARN has `aws` where an account would stand. */
  find(path: string, name: string, partition: string): Policy | undefined {
    const line = this.#read().get(name);
    const policy = line === undefined ? undefined : policyOf(line, partition);
    return policy?.path === path ? policy : undefined;
  }

  /** Sorted by name. */
  list(partition: string): readonly Policy[] {
    const list = this.#lists.get(partition) ?? [...this.#read().values()].map((l) => policyOf(l, partition));
    this.#lists.set(partition, list);
    return list;
  }

  #read(): ReadonlyMap<string, string> {
    this.#lines ??= new Map(
      brotliDecompressSync(readFileSync(FILE))
        .toString()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('\t')), line]),
    );
    return this.#lines;
  }
}

function policyOf(line: string, partition: string): Policy {
  const [name, path, version, created, updated, description, text] = line.split('\t') as Parts;
  const document = partition === 'aws' ? text : text.replaceAll('"arn:aws:', `"arn:${partition}:`);
  const number = Number(version);
  return {
    id: `ANPA${base32(
      createHash('sha256')
        .update(path + name)
        .digest(),
    ).slice(0, 17)}`,
    name,
    path,
    created: Number(created) * 1000,
    updated: Number(updated) * 1000,
    description: description === '' ? undefined : description,
    tags: [],
    defaultVersion: number,
    lastVersion: number,
    versions: [{ number, created: Number(updated) * 1000, document }],
  };
}

type Parts = [
  name: string,
  path: string,
  version: string,
  created: string,
  updated: string,
  description: string,
  document: string,
];
