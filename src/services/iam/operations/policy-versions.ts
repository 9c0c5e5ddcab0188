import type {
  CreatePolicyVersionCommandInput,
  CreatePolicyVersionCommandOutput,
  DeletePolicyVersionCommandInput,
  GetPolicyVersionCommandInput,
  GetPolicyVersionCommandOutput,
  ListPolicyVersionsCommandInput,
  ListPolicyVersionsCommandOutput,
  SetDefaultPolicyVersionCommandInput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { accessDenied, deleteConflict, limitExceeded, noSuchEntity } from '../errors.ts';
import { type Home, homeOf } from '../home.ts';
import { encodeDocument, type Iam, wholeSeconds } from '../iam.ts';
import {
  checkArn,
  findManagedPolicy,
  type ManagedPolicy,
  managedPolicy,
  ownPolicy,
  versionOf,
} from '../managed-policies.ts';
import { pageOf } from '../paging.ts';
import { toPolicyVersion } from '../shapes.ts';
import type { PolicyVersion } from '../store/model.ts';
import { checkManagedDocument } from './policies.ts';

const MOST_VERSIONS = 5;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
export function createPolicyVersion(
  iam: Iam,
): Operation<CreatePolicyVersionCommandInput, CreatePolicyVersionCommandOutput> {
  return ({ PolicyArn, PolicyDocument, SetAsDefault = false }, call) => {
    const { policy } = ownPolicy(iam, homeOf(call), PolicyArn!);
    checkManagedDocument(PolicyDocument!);
    if (policy.versions.length >= MOST_VERSIONS) {
      throw limitExceeded(
        `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
      );
    }
    const number = policy.lastVersion + 1;
    const created = wholeSeconds(call.clock.now());
    const version = { number, created, document: PolicyDocument! };
    const changed = {
      ...policy,
      updated: created,
      lastVersion: number,
      defaultVersion: SetAsDefault ? number : policy.defaultVersion,
      versions: [...policy.versions, version],
    };
    iam.store.policies.update(changed);
    return { PolicyVersion: toPolicyVersion(changed, version) };
  };
}

export function getPolicyVersion(
  iam: Iam,
): Operation<GetPolicyVersionCommandInput, GetPolicyVersionCommandOutput> {
  return ({ PolicyArn, VersionId }, call) => {
    const { policy, version } = find(iam, homeOf(call), PolicyArn!, VersionId!);
    return {
      PolicyVersion: { Document: encodeDocument(version.document), ...toPolicyVersion(policy, version) },
    };
  };
}

/** The newest first. */
export function listPolicyVersions(
  iam: Iam,
): Operation<ListPolicyVersionsCommandInput, ListPolicyVersionsCommandOutput> {
  return (input, call) => {
    const { policy } = managedPolicy(iam, homeOf(call), input.PolicyArn!);
    const { items, rest } = pageOf(policy.versions.toReversed(), input, ({ number }) => String(number));
    return { Versions: items.map((version) => toPolicyVersion(policy, version)), ...rest };
  };
}

export function deletePolicyVersion(iam: Iam): Operation<DeletePolicyVersionCommandInput, object> {
  return ({ PolicyArn, VersionId }, call) => {
    const { policy, version } = findOwn(iam, homeOf(call), PolicyArn!, VersionId!);
    if (version.number === policy.defaultVersion) {
      throw deleteConflict('Cannot delete the default version of a policy.');
    }
    const versions = policy.versions.filter(({ number }) => number !== version.number);
    iam.store.policies.update({ ...policy, versions });
    return {};
  };
}

export function setDefaultPolicyVersion(iam: Iam): Operation<SetDefaultPolicyVersionCommandInput, object> {
  return ({ PolicyArn, VersionId }, call) => {
    const { policy, version } = findOwn(iam, homeOf(call), PolicyArn!, VersionId!);
    const updated = wholeSeconds(call.clock.now());
    iam.store.policies.update({ ...policy, updated, defaultVersion: version.number });
    return {};
  };
}

function find(iam: Iam, home: Home, arn: string, id: string): ManagedPolicy & { version: PolicyVersion } {
  checkArn(arn);
  const managed = findManagedPolicy(iam, home, arn);
  const version = managed && versionOf(managed.policy, id);
  if (!version) throw noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`);
  return { ...managed, version };
}

function findOwn(iam: Iam, home: Home, arn: string, id: string): ManagedPolicy & { version: PolicyVersion } {
  const found = find(iam, home, arn, id);
  if (found.awsManaged) throw accessDenied(`Policy ${arn} is outside your own account.`);
  return found;
}
