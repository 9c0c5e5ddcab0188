import type {
  FunctionCodeLocation,
  GetFunctionCommandInput,
  GetFunctionCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { showConfiguration, shownQualifier } from '../configuration.ts';
import type { Lambda } from '../lambda.ts';
import { findVersion } from '../lookup.ts';
import { functionArn } from '../names.ts';
import type { StoredCode } from '../store/function-record.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export function getFunction(lambda: Lambda): Operation<GetFunctionCommandInput, GetFunctionCommandOutput> {
  return async (input, call) => {
    const { ref, record, alias } = findVersion(lambda, input, call, 'GetFunction');
    const tags = lambda.tags.get(ref.scope, functionArn(ref));
    const reserved = lambda.reservedOf(ref);
    const qualifier = alias?.name ?? shownQualifier(ref.qualifier, record);
    return {
      Configuration: showConfiguration(ref, record, lambda.clock, { qualifier }),
      Code: await showCode(lambda, record.code),
      ...(Object.keys(tags).length > 0 ? { Tags: tags } : {}),
      ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
    };
  };
}

async function showCode({ packages }: Lambda, code: StoredCode): Promise<FunctionCodeLocation> {
  if (code.kind === 'image') {
    return { RepositoryType: 'ECR', ImageUri: code.uri, ResolvedImageUri: code.resolvedUri };
  }
  return { RepositoryType: 'S3', Location: await packages.link(code.sha256) };
}
