import type {
  UpdateFunctionConfigurationCommandInput,
  UpdateFunctionConfigurationCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { showConfiguration } from '../configuration.ts';
import { changeDurableConfig } from '../durable/durable-config.ts';
import type { Lambda } from '../lambda.ts';
import { checkUnpacked } from '../layers.ts';
import { functionArn, resolveFunction } from '../names.ts';
import { prepare } from '../preparing.ts';
import { checkRevision, newRevision, revisionOf } from '../revisions.ts';
import { checkRole } from '../role-check.ts';
import { changeSettings } from '../settings.ts';
import type { VersionRecord } from '../store/function-record.ts';
import { changeableLatest } from '../transitions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html */
export function updateFunctionConfiguration(
  lambda: Lambda,
): Operation<UpdateFunctionConfigurationCommandInput, UpdateFunctionConfigurationCommandOutput> {
  return (input, call) => {
    const { functions, clock, transition } = lambda;
    const ref = resolveFunction(input.FunctionName!, undefined, call, 'UpdateFunctionConfiguration');
    return lambda.changing(ref, async () => {
      const before = await changeableLatest(lambda, ref);
      checkRevision(input.RevisionId, revisionOf(before, clock.now()));
      const settings = changeSettings(before.settings, input, ref.name, call);
      if (input.DurableConfig) {
        settings.DurableConfig = changeDurableConfig(before.settings.DurableConfig, input.DurableConfig);
      }
      if (input.Role !== undefined) checkRole(lambda, input.Role, 'UpdateFunctionConfiguration');
      let { layers, layersUnpacked } = before;
      if (input.Layers) {
        const resolved = lambda.resolveLayers(input.Layers, call);
        settings.Layers = resolved.shown;
        checkUnpacked(before.code, resolved.unpacked);
        layers = resolved.packages;
        layersUnpacked = resolved.unpacked;
      }
      const latest: VersionRecord = {
        ...before,
        ...newRevision(clock, clock.now() + transition),
        settings,
        layers,
        layersUnpacked,
      };
      functions.put(ref, latest);
      lambda.host.retire(functionArn(ref), latest.revision);
      prepare(lambda, ref, latest);
      return showConfiguration(ref, latest, clock, { changed: true });
    });
  };
}
