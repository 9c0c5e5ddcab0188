import type {
  AcquireRoleCommandInput,
  GetHumanReadableSummaryCommandInput,
  GetRoleTemplateVersionCommandInput,
  ListDelegationRequestsCommandInput,
  ListDelegationRequestsCommandOutput,
} from '@aws-sdk/client-iam';
import type { AnyOperation } from '../../../aws/service.ts';
import { noSuchEntity } from '../errors.ts';
import { pageOf } from '../paging.ts';

/**
 * Partners of AWS's ask for rights by delegation requests, and its services bring templates of roles. Nobody does so here: what is
 * listed is empty, and what is named is not there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html
 */
export function delegationOperations() {
  return {
    ListDelegationRequests: listDelegationRequests,
    AcceptDelegationRequest: noRequest,
    AssociateDelegationRequest: noRequest,
    GetDelegationRequest: noRequest,
    RejectDelegationRequest: noRequest,
    SendDelegationToken: noRequest,
    UpdateDelegationRequest: noRequest,
    AcquireRole: noTemplate,
    GetRoleTemplateVersion: noTemplate,
    GetHumanReadableSummary: noSummary,
  } satisfies Record<string, AnyOperation>;
}

function listDelegationRequests(
  input: ListDelegationRequestsCommandInput,
): Omit<ListDelegationRequestsCommandOutput, '$metadata'> {
  const { items } = pageOf([], input, () => '');
  return { DelegationRequests: items, isTruncated: false };
}

function noRequest({ DelegationRequestId }: { DelegationRequestId: string | undefined }): never {
  throw noSuchEntity(`Delegation request ${DelegationRequestId} cannot be found.`);
}

function noTemplate({ TemplateArn }: AcquireRoleCommandInput | GetRoleTemplateVersionCommandInput): never {
  throw noSuchEntity(`Role template ${TemplateArn} cannot be found.`);
}

function noSummary({ EntityArn }: GetHumanReadableSummaryCommandInput): never {
  throw noSuchEntity(`Entity ${EntityArn} cannot be found.`);
}
