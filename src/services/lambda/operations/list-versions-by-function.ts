import type {
  ListVersionsByFunctionCommandInput,
  ListVersionsByFunctionCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { showListed } from '../configuration.ts';
import type { Lambda } from '../lambda.ts';
import { resolveFunction } from '../names.ts';
import { pageOf } from '../paging.ts';
import { latestOf } from '../transitions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html */
export function listVersionsByFunction(
  lambda: Lambda,
): Operation<ListVersionsByFunctionCommandInput, ListVersionsByFunctionCommandOutput> {
  return (input, call) => {
    const ref = resolveFunction(input.FunctionName!, undefined, call, 'ListVersionsByFunction');
    latestOf(lambda, ref);
    const keyOf = ({ version }: { version: string }) => version.padStart(10, '0');
    const { items, NextMarker } = pageOf(lambda.functions.versions(ref), keyOf, input);
    return {
      NextMarker,
      Versions: items.map((record) => showListed(ref, record, lambda.clock.now(), record.version)),
    };
  };
}
