import type { Call } from '../../aws/call.ts';
import type { PackageStore } from './code-store.ts';
import { invalidParameter, notFound } from './errors.ts';
import { type LayerRef, layerVersionArn, noPolicyAllows, parseLayerArn } from './layer-names.ts';
import { NO_LAYERS, type ResolveLayers } from './layers.ts';
import type { Policy } from './policy.ts';
import type { LayerRecord, LayerStore } from './store/layer-store.ts';

const MOST_LAYERS = 5;

/**
 * What functions' configurations and environments need to know of layers.
 * https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
 */
export function layerResolver(layers: LayerStore, packages: PackageStore): ResolveLayers {
  return (arns, call) => {
    if (arns.length === 0) return NO_LAYERS;
    if (arns.length > MOST_LAYERS) throw invalidParameter('Cannot reference more than 5 layers.');
    const seen = new Map<string, string>();
    const records = arns.map((arn) => {
      const layer = arn.slice(0, arn.lastIndexOf(':'));
      const record = find(layers, arn, call);
      const other = seen.get(layer);
      if (other !== undefined) {
        throw invalidParameter(
          `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
        );
      }
      seen.set(layer, arn);
      return record;
    });
    return {
      shown: records.map(({ size }, index) => ({ Arn: arns[index]!, CodeSize: size })),
      packages: records.map(({ sha256 }) => packages.reference(sha256)),
      unpacked: records.reduce((sum, record) => sum + record.unpacked, 0),
    };
  };
}

/**
 * A layer version that a request asks for: the account's own, or one that its owner shares.
 *
 * @throws ResourceNotFoundException, WireError
 */
export function findLayerVersion(
  layers: LayerStore,
  ref: LayerRef,
  version: number,
  call: Call,
): LayerRecord {
  const record = layers.get(ref, version);
  const { account, region } = ref.scope;
  const readable =
    region === call.region && (account === call.account || (record && allows(record.policy, call.account)));
  if (!readable) throw noPolicyAllows(layerVersionArn(ref, version), call, 'GetLayerVersion');
  if (!record) throw notFound('The resource you requested does not exist.');
  return record;
}

function find(layers: LayerStore, arn: string, call: Call): LayerRecord {
  const ref = parseLayerArn(arn);
  const own = ref?.scope.account === call.account;
  if (ref && own && ref.scope.region !== call.region) {
    throw invalidParameter(
      `Layers are not in the same region as the function. Layers are expected to be in region ${call.region}.`,
    );
  }
  const record = ref?.version === undefined ? undefined : layers.get(ref, ref.version);
  if (ref && !own) {
    const shared = ref.scope.region === call.region && record && allows(record.policy, call.account);
    if (!shared) throw noPolicyAllows(arn, call, 'GetLayerVersion');
  }
  if (!record) throw invalidParameter(`Layer version ${arn} does not exist.`);
  return record;
}

/** Organizations are not known here, so that a statement for one allows all of its principals. */
function allows(policy: Policy | undefined, account: string): boolean {
  const statements = policy?.Statement ?? [];
  return statements.some(
    ({ Principal: principal }) =>
      principal === '*' ||
      (typeof principal === 'object' && 'AWS' in principal && principal.AWS.includes(`::${account}:`)),
  );
}
