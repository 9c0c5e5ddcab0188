import type { ListFunctionsCommandInput, ListFunctionsCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { showListed } from '../configuration.ts';
import type { Lambda } from '../lambda.ts';
import { pageOf } from '../paging.ts';

/**
 * MasterRegion asks for functions of Lambda@Edge that were replicated from a region; there are none.
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
export function listFunctions(
  lambda: Lambda,
): Operation<ListFunctionsCommandInput, ListFunctionsCommandOutput> {
  return (input, { account, region, partition }) => {
    const scope = { account, region };
    const everyVersion = input.FunctionVersion === 'ALL';
    const all = input.MasterRegion === undefined ? lambda.functions.list(scope, everyVersion) : [];
    const keyOf = ({ name, record }: (typeof all)[number]) => `${name}:${record.version.padStart(10, '0')}`;
    const { items, NextMarker } = pageOf(all, keyOf, input);
    return {
      Functions: items.map(({ name, record }) => {
        const ref = { scope, partition, name, qualifier: undefined };
        return showListed(ref, record, lambda.clock.now(), everyVersion ? record.version : undefined);
      }),
      NextMarker,
    };
  };
}
