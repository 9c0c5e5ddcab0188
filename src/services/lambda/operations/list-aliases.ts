import type { ListAliasesCommandInput, ListAliasesCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { showAlias } from '../alias-config.ts';
import type { Lambda } from '../lambda.ts';
import { resolveFunction } from '../names.ts';
import { pageOf } from '../paging.ts';
import { latestOf } from '../transitions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html */
export function listAliases(lambda: Lambda): Operation<ListAliasesCommandInput, ListAliasesCommandOutput> {
  return (input, call) => {
    const ref = resolveFunction(input.FunctionName!, undefined, call, 'ListAliases');
    latestOf(lambda, ref);
    const { FunctionVersion } = input;
    const meant = lambda.aliases
      .list(ref)
      .filter(
        ({ version, weights }) =>
          FunctionVersion === undefined ||
          version === FunctionVersion ||
          Object.hasOwn(weights, FunctionVersion),
      );
    const { items, NextMarker } = pageOf(meant, ({ name }) => name, input);
    return { NextMarker, Aliases: items.map((alias) => showAlias(ref, alias)) };
  };
}
