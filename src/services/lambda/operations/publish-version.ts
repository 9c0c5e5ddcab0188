import type { PublishVersionCommandInput, PublishVersionCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { codeSha256, showConfiguration } from '../configuration.ts';
import { invalidParameter } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { resolveFunction } from '../names.ts';
import { publish } from '../publish.ts';
import { checkRevision, revisionOf } from '../revisions.ts';
import { changeableLatest } from '../transitions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html */
export function publishVersion(
  lambda: Lambda,
): Operation<PublishVersionCommandInput, PublishVersionCommandOutput> {
  return ({ FunctionName, CodeSha256, Description, RevisionId }, call) => {
    const { functions, clock } = lambda;
    const ref = resolveFunction(FunctionName!, undefined, call, 'PublishVersion');
    return lambda.changing(ref, async () => {
      const latest = await changeableLatest(lambda, ref);
      checkRevision(RevisionId, revisionOf(latest, clock.now()));
      const current = codeSha256(latest.code);
      if (CodeSha256 && CodeSha256 !== current) {
        throw invalidParameter(
          `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${current}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      }
      const { record, isNew } = functions.transaction(() => publish(lambda, ref, Description));
      return showConfiguration(ref, record, clock, {
        qualifier: record.version,
        updateStatus: !isNew,
        changed: isNew,
      });
    });
  };
}
