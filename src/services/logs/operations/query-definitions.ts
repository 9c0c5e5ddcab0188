import { randomUUID } from 'node:crypto';
import type {
  DeleteQueryDefinitionCommandInput,
  DeleteQueryDefinitionCommandOutput,
  DescribeQueryDefinitionsCommandInput,
  DescribeQueryDefinitionsCommandOutput,
  PutQueryDefinitionCommandInput,
  PutQueryDefinitionCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { queryDefinitions } from '../stored.ts';

const UNKNOWN = 'The specified query definition does not exist.';
const USUAL_LIMIT = 1_000;
const MOST_GROUPS = 50;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html */
export function putQueryDefinition(
  logs: Logs,
): Operation<PutQueryDefinitionCommandInput, PutQueryDefinitionCommandOutput> {
  return (input, call) => {
    const { queryDefinitionId = randomUUID(), queryLanguage = 'CWLI', name, queryString } = input;
    const definitions = queryDefinitions(logs);
    if ((input.logGroupNames?.length ?? 0) > MOST_GROUPS) {
      throw invalidParameter('Too many log groups specified');
    }
    if (input.queryDefinitionId !== undefined && !definitions.get(call, '', queryDefinitionId)) {
      throw notFound(UNKNOWN);
    }
    definitions.put(call, '', queryDefinitionId, {
      queryLanguage,
      queryDefinitionId,
      name,
      queryString,
      lastModified: call.clock.now(),
      logGroupNames: input.logGroupNames ?? [],
      parameters: input.parameters,
    });
    return { queryDefinitionId };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeQueryDefinitions.html */
export function describeQueryDefinitions(
  logs: Logs,
): Operation<DescribeQueryDefinitionsCommandInput, DescribeQueryDefinitionsCommandOutput> {
  return (input, call) => {
    const { queryDefinitionNamePrefix = '', queryLanguage, maxResults = USUAL_LIMIT, nextToken } = input;
    const found = queryDefinitions(logs)
      .all(call)
      .filter(
        (it) =>
          it.name!.startsWith(queryDefinitionNamePrefix) &&
          (queryLanguage === undefined || it.queryLanguage === queryLanguage),
      );
    const page = pageOf('DescribeQueryDefinitions', found, (it) => `${it.name}\n${it.queryDefinitionId}`, {
      limit: maxResults,
      nextToken,
    });
    return { queryDefinitions: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteQueryDefinition.html */
export function deleteQueryDefinition(
  logs: Logs,
): Operation<DeleteQueryDefinitionCommandInput, DeleteQueryDefinitionCommandOutput> {
  return ({ queryDefinitionId }, call) => {
    if (!queryDefinitions(logs).delete(call, '', queryDefinitionId!)) throw notFound(UNKNOWN);
    return { success: true };
  };
}
