import type {
  GetContextKeysForCustomPolicyCommandInput,
  GetContextKeysForCustomPolicyCommandOutput,
  GetContextKeysForPrincipalPolicyCommandInput,
  GetContextKeysForPrincipalPolicyCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { homeOf } from '../home.ts';
import type { Iam } from '../iam.ts';
import { contextKeys } from '../policy/context-keys.ts';
import { readDocument } from '../policy/document.ts';
import { validateIdentityPolicy } from '../policy/validate.ts';
import { policySource } from '../policy-source.ts';

export function getContextKeysForCustomPolicy(): Operation<
  GetContextKeysForCustomPolicyCommandInput,
  GetContextKeysForCustomPolicyCommandOutput
> {
  return ({ PolicyInputList }) => ({ ContextKeyNames: keysOf(PolicyInputList!) });
}

export function getContextKeysForPrincipalPolicy(
  iam: Iam,
): Operation<GetContextKeysForPrincipalPolicyCommandInput, GetContextKeysForPrincipalPolicyCommandOutput> {
  return ({ PolicySourceArn, PolicyInputList = [] }, call) => {
    const { policies } = policySource(iam, homeOf(call), PolicySourceArn!);
    return { ContextKeyNames: keysOf([...policies.map(({ document }) => document), ...PolicyInputList]) };
  };
}

function keysOf(documents: readonly string[]): string[] {
  for (const document of documents) validateIdentityPolicy(document);
  return contextKeys(documents.map((document) => readDocument(document)));
}
