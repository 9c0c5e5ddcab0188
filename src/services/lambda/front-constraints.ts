import { type Constraint, type Constraints, readConstraints } from '../../aws/constraints.ts';
import constraints from './constraints.json' with { type: 'json' };

type Place = readonly [shape: string, member: string];

/** AWS does not look at these in its front: its operations have words of their own. */
const LEFT_TO_OPERATIONS: readonly Place[] = [
  ['CreateFunctionRequest', 'Runtime'],
  ['UpdateFunctionConfigurationRequest', 'Runtime'],
  ['AliasRoutingConfiguration', 'AdditionalVersionWeights{}'],
  ['AliasRoutingConfiguration', 'AdditionalVersionWeights{=}'],
];

/** AWS lists what it would accept in an order of its own, which is not the model's. */
const LISTED_OTHERWISE: readonly (readonly [...Place, values: readonly string[]])[] = [
  ['CreateEventSourceMappingRequest', 'StartingPosition', ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON']],
  ['PutFunctionRecursionConfigRequest', 'RecursiveLoop', ['Terminate', 'Allow']],
];

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
  const kept = Object.entries(members).filter(
    ([member]) => !LEFT_TO_OPERATIONS.some((place) => isHere(place, member)),
  );
  return Object.fromEntries(
    kept.map(([member, constraint]) => {
      const values = LISTED_OTHERWISE.find((place) => isHere(place, member))?.[2];
      return [member, values ? { ...constraint, values } : constraint];
    }),
  );
}
