import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { coverageDocument, listOf } from '../../../scripts/coverage.ts';
import type { Shape } from '../../../src/aws/shapes/shape.ts';
import { packageInfo } from '../../../src/package-info.ts';
import { services } from '../../../src/services/catalogue.ts';
import { AWS_CLIENTS } from '../../support/aws/clients.ts';
import { openDependencies } from '../../support/aws/dependencies.ts';

/** What AWS's models know and the SDK that we build with does not yet. */
const NEWER: Readonly<Record<string, string[]>> = {
  IAM: [
    'CreateLoginProfileRequest.MaxSigninSessionDuration',
    'CreateOpenIDConnectProviderRequest.IdentityCenterInstanceArn',
    'CreateRoleRequest.MaxSigninSessionDuration',
    'CreateSAMLProviderRequest.IdentityCenterInstanceArn',
    'UpdateLoginProfileRequest.MaxSigninSessionDuration',
    'UpdateRoleRequest.MaxSigninSessionDuration',
    'UpdateSAMLProviderRequest.IdentityCenterInstanceArn',
    'ContextProvider',
    'ContextProviderKeyDefinition',
    'UpdateOpenIDConnectProviderRequest',
  ],
  Lambda: [
    'DeleteDurableExecutionRequest',
    'FunctionRuntimeConfig',
    'PauseDurableExecutionRequest',
    'ResumeDurableExecutionRequest',
  ],
};

const dependencies = openDependencies();

afterAll(() => dependencies[Symbol.asyncDispose]());

test('docs/coverage.md is what `npm run coverage-doc` writes', async () => {
  const file = readFileSync(join(packageInfo().root, 'docs', 'coverage.md'), 'utf8');
  expect(file).toBe(await coverageDocument());
});

describe.each(services(dependencies))('$identity.sdkId', ({ identity, load }) => {
  test('has the schema of every operation that the SDK knows, and implements no other', async () => {
    const { model, operations } = await load();
    expect([...model.operations.keys()].sort()).toEqual(await listOf(identity.sdkId));
    for (const name of Object.keys(operations)) expect(model.operations.has(name), name).toBe(true);
  });

  test('has constraints for members that exist', async () => {
    const { model, constraints } = await load();
    const shapes = new Set<string>();
    const unknown: string[] = [];
    const visit = (shape: Shape) => {
      if (shapes.has(shape.name)) return;
      if (shape.kind === 'structure') {
        shapes.add(shape.name);
        for (const member of Object.keys(constraints[shape.name] ?? {})) {
          const known = shape.member(member.replace(/\[\]|\{=?\}/, ''));
          if (!known) unknown.push(`${shape.name}.${member}`);
        }
        for (const member of shape.members) visit(member.shape);
      } else if (shape.kind === 'list' || shape.kind === 'map') visit(shape.element);
    };
    for (const operation of model.operations.values()) visit(operation.input);
    unknown.push(...Object.keys(constraints).filter((name) => !shapes.has(name)));
    expect(unknown).toEqual(NEWER[identity.sdkId] ?? []);
  });

  test('calls itself what its client calls it', async () => {
    const entry = AWS_CLIENTS.find((candidate) => candidate.identity.sdkId === identity.sdkId)!;
    const module = await entry.load();
    const Client = module[entry.client] as new (config: object) => { config: Record<string, unknown> };
    const { config } = new Client({ region: 'us-east-1' });
    expect(config).toMatchObject({
      serviceId: identity.sdkId,
      apiVersion: identity.version,
      protocolSettings: { defaultNamespace: identity.namespace, serviceTarget: identity.target },
    });
  });
});
