import type {
  ListTagsCommandInput,
  ListTagsCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import type { Scope } from '../../../storage/scope.ts';
import { invalidParameter, notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { LIMITS } from '../limits.ts';
import type { Resources } from '../resources.ts';
import { lookUp, mustExist, touch } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export function tagResource(
  lambda: Lambda,
  resources: Resources,
): Operation<TagResourceCommandInput, TagResourceCommandOutput> {
  return (input, call) => {
    const { scope, arn, changed } = findTagged(lambda, resources, input.Resource!, call, 'TagResource');
    checkTags(input.Tags!);
    const tags = { ...lambda.tags.get(scope, arn), ...input.Tags! };
    if (Object.keys(tags).length > LIMITS.tags) {
      throw invalidParameter('Number of tags exceeds resource tag limit.');
    }
    lambda.functions.transaction(() => {
      lambda.tags.add(scope, arn, input.Tags!);
      changed();
    });
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html */
export function untagResource(
  lambda: Lambda,
  resources: Resources,
): Operation<UntagResourceCommandInput, UntagResourceCommandOutput> {
  return (input, call) => {
    const { scope, arn, changed } = findTagged(lambda, resources, input.Resource!, call, 'UntagResource');
    lambda.functions.transaction(() => {
      lambda.tags.remove(scope, arn, input.TagKeys!);
      changed();
    });
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html */
export function listTags(
  lambda: Lambda,
  resources: Resources,
): Operation<ListTagsCommandInput, ListTagsCommandOutput> {
  return (input, call) => {
    const { scope, arn } = findTagged(lambda, resources, input.Resource!, call, 'ListTags');
    return { Tags: lambda.tags.get(scope, arn) };
  };
}

/** @throws InvalidParameterValueException */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const keys = Object.keys(tags);
  if (keys.length === 0) {
    throw invalidParameter('An error occurred and the request cannot be processed.');
  }
  if (keys.some((key) => /^aws:/i.test(key))) {
    throw invalidParameter('aws: prefixed tag key names are not allowed for external use.');
  }
}

interface Tagged {
  scope: Scope;
  arn: string;
  /** To be called in the transaction that changes the tags. */
  changed(): void;
}

function findTagged(lambda: Lambda, resources: Resources, arn: string, call: Call, action: string): Tagged {
  const [, , , region, account, kind, id, qualifier] = arn.split(':');
  if (kind === 'function') {
    if (qualifier !== undefined) {
      throw invalidParameter(
        'Tags on function aliases and versions are not supported. Please specify a function ARN.',
      );
    }
    const target = mustExist(lookUp(lambda, { FunctionName: arn }, call, action));
    // A function's RevisionId tells of its tags too.
    return { scope: target.ref.scope, arn, changed: () => touch(lambda, target) };
  }
  const scope = { account: account!, region: region! };
  const own = account === call.account && region === call.region;
  const unchanged = { scope, arn, changed: () => {} };
  if (kind === 'event-source-mapping' && own && resources.eventSources.find(scope, id!)) return unchanged;
  if (kind === 'code-signing-config') {
    if (own && resources.signingConfigs.get(scope, id!)) return unchanged;
    throw notFound(`The Lambda code signing configuration ${arn} can not be found.`);
  }
  if (kind === 'capacity-provider' && own && resources.capacityProviders.get(scope, id!)) return unchanged;
  throw notFound('The resource you requested does not exist.');
}
