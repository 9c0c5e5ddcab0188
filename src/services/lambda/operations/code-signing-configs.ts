import { randomBytes } from 'node:crypto';
import type {
  CodeSigningConfig,
  CreateCodeSigningConfigCommandInput,
  CreateCodeSigningConfigCommandOutput,
  DeleteCodeSigningConfigCommandInput,
  DeleteCodeSigningConfigCommandOutput,
  GetCodeSigningConfigCommandInput,
  GetCodeSigningConfigCommandOutput,
  ListCodeSigningConfigsCommandInput,
  ListCodeSigningConfigsCommandOutput,
  ListFunctionsByCodeSigningConfigCommandInput,
  ListFunctionsByCodeSigningConfigCommandOutput,
  UpdateCodeSigningConfigCommandInput,
  UpdateCodeSigningConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { lambdaDate } from '../dates.ts';
import { conflict, notFoundBehind } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn } from '../names.ts';
import { pageOf } from '../paging.ts';
import type { Resources } from '../resources.ts';
import { checkTags } from './tags.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 17;
const LARGEST_PAGE = 10_000;

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateCodeSigningConfig.html */
export function createCodeSigningConfig(
  lambda: Lambda,
  { signingConfigs }: Resources,
): Operation<CreateCodeSigningConfigCommandInput, CreateCodeSigningConfigCommandOutput> {
  return (input, call) => {
    const { account, region, partition } = call;
    const bytes = [...randomBytes(ID_LENGTH)];
    const id = `csc-${bytes.map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
    const config: CodeSigningConfig = {
      CodeSigningConfigId: id,
      CodeSigningConfigArn: `arn:${partition}:lambda:${region}:${account}:code-signing-config:${id}`,
      Description: input.Description,
      AllowedPublishers: input.AllowedPublishers,
      CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn', ...input.CodeSigningPolicies },
      LastModified: lambdaDate(lambda.clock.now()),
    };
    if (input.Tags && Object.keys(input.Tags).length > 0) {
      checkTags(input.Tags);
      lambda.tags.add(call, config.CodeSigningConfigArn!, input.Tags);
    }
    signingConfigs.put(call, id, config);
    return { CodeSigningConfig: config };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateCodeSigningConfig.html */
export function updateCodeSigningConfig(
  { clock }: Lambda,
  resources: Resources,
): Operation<UpdateCodeSigningConfigCommandInput, UpdateCodeSigningConfigCommandOutput> {
  return (input, call) => {
    const before = findSigningConfig(resources, input.CodeSigningConfigArn!, call);
    const config: CodeSigningConfig = {
      ...before,
      Description: input.Description ?? before.Description,
      AllowedPublishers: input.AllowedPublishers ?? before.AllowedPublishers,
      CodeSigningPolicies: { ...before.CodeSigningPolicies, ...input.CodeSigningPolicies },
      LastModified: lambdaDate(clock.now()),
    };
    resources.signingConfigs.put(call, before.CodeSigningConfigId!, config);
    return { CodeSigningConfig: config };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetCodeSigningConfig.html */
export function getCodeSigningConfig(
  resources: Resources,
): Operation<GetCodeSigningConfigCommandInput, GetCodeSigningConfigCommandOutput> {
  return (input, call) => ({
    CodeSigningConfig: findSigningConfig(resources, input.CodeSigningConfigArn!, call),
  });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteCodeSigningConfig.html */
export function deleteCodeSigningConfig(
  lambda: Lambda,
  resources: Resources,
): Operation<DeleteCodeSigningConfigCommandInput, DeleteCodeSigningConfigCommandOutput> {
  return (input, call) => {
    const arn = input.CodeSigningConfigArn!;
    const { CodeSigningConfigId } = findSigningConfig(resources, arn, call);
    if (functionsOf(resources, arn, call).length > 0) {
      throw conflict(
        `The code signing configuration ${arn} is in use by one or more functions and cannot be deleted.`,
      );
    }
    lambda.functions.transaction(() => {
      resources.signingConfigs.delete(call, CodeSigningConfigId!);
      lambda.tags.clear(call, arn);
    });
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListCodeSigningConfigs.html */
export function listCodeSigningConfigs({
  signingConfigs,
}: Resources): Operation<ListCodeSigningConfigsCommandInput, ListCodeSigningConfigsCommandOutput> {
  return (input, call) => {
    const keyOf = ({ CodeSigningConfigId }: CodeSigningConfig) => CodeSigningConfigId!;
    const { items, NextMarker } = pageOf(signingConfigs.list(call), keyOf, input, LARGEST_PAGE);
    return { NextMarker, CodeSigningConfigs: items };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionsByCodeSigningConfig.html */
export function listFunctionsByCodeSigningConfig(
  resources: Resources,
): Operation<ListFunctionsByCodeSigningConfigCommandInput, ListFunctionsByCodeSigningConfigCommandOutput> {
  return (input, call) => {
    const arn = input.CodeSigningConfigArn!;
    findSigningConfig(resources, arn, call);
    const arns = functionsOf(resources, arn, call);
    const { items, NextMarker } = pageOf(arns, (item) => item, input, LARGEST_PAGE);
    return { NextMarker, FunctionArns: items };
  };
}

/** @throws ResourceNotFoundException */
export function findSigningConfig({ signingConfigs }: Resources, arn: string, call: Call): CodeSigningConfig {
  const config = signingConfigs.get(call, arn.slice(arn.lastIndexOf(':') + 1));
  if (config?.CodeSigningConfigArn === arn) return config;
  throw notFoundBehind(`The Lambda code signing configuration ${arn} can not be found.`);
}

function functionsOf({ functionSigning }: Resources, arn: string, call: Call): string[] {
  return functionSigning
    .ofScope(call)
    .filter(({ record }) => record.arn === arn)
    .map(({ key }) => functionArn({ partition: call.partition, ...key }));
}
