import type {
  DeleteIntegrationCommandInput,
  DeleteIntegrationCommandOutput,
  GetIntegrationCommandInput,
  GetIntegrationCommandOutput,
  ListIntegrationsCommandInput,
  ListIntegrationsCommandOutput,
  PutIntegrationCommandInput,
  PutIntegrationCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalid, limitExceeded, notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { integrations } from '../stored.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutIntegration.html */
export function putIntegration(
  logs: Logs,
): Operation<PutIntegrationCommandInput, PutIntegrationCommandOutput> {
  return ({ integrationName, integrationType, resourceConfig }, call) => {
    if (resourceConfig!.openSearchResourceConfig === undefined) {
      throw invalid('openSearchResourceConfig must be specified.');
    }
    const all = integrations(logs);
    const others = all.ofParent(call, '').filter((one) => one.integrationName !== integrationName);
    if (others.length > 0) throw limitExceeded('An account can have one integration in a Region.');
    const integrationStatus = 'ACTIVE';
    const integration = { integrationName: integrationName!, integrationType: integrationType! };
    all.put(call, '', integrationName!, { ...integration, integrationStatus });
    return { integrationName, integrationStatus };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetIntegration.html */
export function getIntegration(
  logs: Logs,
): Operation<GetIntegrationCommandInput, GetIntegrationCommandOutput> {
  return ({ integrationName }, call) => {
    const integration = integrations(logs).get(call, '', integrationName!);
    if (!integration) throw unknown();
    return { ...integration, integrationDetails: { openSearchIntegrationDetails: {} } };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListIntegrations.html */
export function listIntegrations(
  logs: Logs,
): Operation<ListIntegrationsCommandInput, ListIntegrationsCommandOutput> {
  return ({ integrationNamePrefix = '', integrationType, integrationStatus }, call) => ({
    integrationSummaries: integrations(logs)
      .ofParent(call, '')
      .filter(({ integrationName }) => integrationName.startsWith(integrationNamePrefix))
      .filter((one) => integrationType === undefined || one.integrationType === integrationType)
      .filter((one) => integrationStatus === undefined || one.integrationStatus === integrationStatus),
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteIntegration.html */
export function deleteIntegration(
  logs: Logs,
): Operation<DeleteIntegrationCommandInput, DeleteIntegrationCommandOutput> {
  return ({ integrationName }, call) => {
    if (!integrations(logs).delete(call, '', integrationName!)) throw unknown();
    return {};
  };
}

function unknown(): Error {
  return notFound('The specified integration does not exist.');
}
