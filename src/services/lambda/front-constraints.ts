import {
  AwsPattern,
  type Constraint,
  type Constraints,
  ITEM,
  readConstraints,
} from '../../aws/constraints.ts';
import constraints from './constraints.json' with { type: 'json' };
import { SUPPORTED_RUNTIMES } from './runtimes.ts';

type Place = readonly [shape: string, member: string];

/** AWS does not look at these in its front: its operations have words of their own. */
const LEFT_TO_OPERATIONS: readonly Place[] = [
  ['CreateFunctionRequest', 'Runtime'],
  ['UpdateFunctionConfigurationRequest', 'Runtime'],
  ['AliasRoutingConfiguration', 'AdditionalVersionWeights{}'],
  ['AliasRoutingConfiguration', 'AdditionalVersionWeights{=}'],
];

/** Lists whose items AWS checks, and tells of, as one. */
const CHECKED_AS_ONE: readonly Place[] = [['PublishLayerVersionRequest', 'CompatibleRuntimes']];

/** AWS lists what it would accept in an order of its own, which is not the model's. */
const LISTED_OTHERWISE: readonly (readonly [...Place, listed: readonly string[]])[] = [
  ['PublishLayerVersionRequest', 'CompatibleRuntimes', SUPPORTED_RUNTIMES],
  ['CreateEventSourceMappingRequest', 'StartingPosition', ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON']],
  ['PutFunctionRecursionConfigRequest', 'RecursiveLoop', ['Terminate', 'Allow']],
  ['CreateFunctionUrlConfigRequest', 'InvokeMode', ['RESPONSE_STREAM', 'BUFFERED']],
  ['UpdateFunctionUrlConfigRequest', 'InvokeMode', ['RESPONSE_STREAM', 'BUFFERED']],
];

/** AWS still checks names of layers as its model once had them. */
const LAYER_NAME: Constraint = {
  minLength: 1,
  maxLength: 140,
  pattern: new AwsPattern(
    '(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+',
  ),
};

/** What AWS checks before an operation sees a request. */
export function lambdaConstraints(): Constraints {
  const entries = Object.entries(readConstraints(constraints));
  return Object.fromEntries(entries.map(([shape, members]) => [shape, inFront(shape, members)]));
}

function inFront(
  shape: string,
  members: Readonly<Record<string, Constraint>>,
): Readonly<Record<string, Constraint>> {
  const isHere = ([one, other]: readonly [string, string, ...unknown[]], member: string) =>
    one === shape && other === member;
  const asOne = CHECKED_AS_ONE.filter(([one]) => one === shape).map(([, member]) => member);
  const merged = { ...members };
  for (const member of asOne) {
    const { values } = merged[member + ITEM]!;
    merged[member] = { ...merged[member], ...(values ? { values } : {}) };
    delete merged[member + ITEM];
  }
  const kept = Object.entries(merged).filter(
    ([member]) => !LEFT_TO_OPERATIONS.some((place) => isHere(place, member)),
  );
  return Object.fromEntries(
    kept.map(([member, constraint]) => {
      if (member === 'LayerName') return [member, LAYER_NAME];
      const listed = LISTED_OTHERWISE.find((place) => isHere(place, member))?.[2];
      return [member, listed ? { ...constraint, listed } : constraint];
    }),
  );
}
