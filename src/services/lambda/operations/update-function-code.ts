import type { UpdateFunctionCodeCommandInput, UpdateFunctionCodeCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { releaseCode, withCode } from '../code-source.ts';
import { showConfiguration } from '../configuration.ts';
import { invalidParameter } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { checkUnpacked } from '../layers.ts';
import { functionArn, resolveFunction } from '../names.ts';
import { prepare } from '../preparing.ts';
import { publish } from '../publish.ts';
import { checkRevision, newRevision, revisionOf } from '../revisions.ts';
import type { StoredCode, VersionRecord } from '../store/function-record.ts';
import { changeableLatest } from '../transitions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html */
export function updateFunctionCode(
  lambda: Lambda,
): Operation<UpdateFunctionCodeCommandInput, UpdateFunctionCodeCommandOutput> {
  return (input, call) => {
    const { functions, clock, transition } = lambda;
    const ref = resolveFunction(input.FunctionName!, undefined, call, 'UpdateFunctionCode');
    return lambda.changing(ref, async () => {
      const before = await changeableLatest(lambda, ref);
      checkRevision(input.RevisionId, revisionOf(before, clock.now()));
      checkKind(input, before);
      const Architectures = input.Architectures ?? before.settings.Architectures;
      const replace = (code: StoredCode): { latest: VersionRecord; published?: VersionRecord } => {
        checkUnpacked(code, before.layersUnpacked);
        if (input.DryRun) return { latest: { ...before, code } };
        const latest = {
          ...before,
          ...newRevision(clock, clock.now() + transition),
          settings: { ...before.settings, Architectures },
          code,
        };
        return functions.transaction(() => {
          functions.put(ref, latest);
          return { latest, ...(input.Publish ? { published: publish(lambda, ref).record } : {}) };
        });
      };
      const { PackageType } = before.settings;
      const { latest, published } = await withCode(lambda, ref.scope, input, PackageType!, replace);
      if (!input.DryRun) {
        lambda.host.retire(functionArn(ref), latest.revision);
        prepare(lambda, ref, latest);
        releaseCode(lambda, before.code);
      }
      if (!published) return showConfiguration(ref, latest, clock, { changed: !input.DryRun });
      return showConfiguration(ref, published, clock, {
        qualifier: published.version,
        updateStatus: false,
        changed: true,
      });
    });
  };
}

function checkKind(
  input: UpdateFunctionCodeCommandInput,
  { settings: { PackageType } }: VersionRecord,
): void {
  const { ImageUri, ZipFile, S3Bucket } = input;
  if (PackageType === 'Image' && (ZipFile !== undefined || S3Bucket !== undefined)) {
    throw invalidParameter('Please provide ImageUri when updating a function with packageType Image.');
  }
  if (PackageType === 'Zip' && ImageUri !== undefined) {
    throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
  }
}
