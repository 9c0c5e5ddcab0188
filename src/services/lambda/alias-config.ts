import type { AliasConfiguration, AliasRoutingConfiguration } from '@aws-sdk/client-lambda';
import { invalidBehind, invalidParameter, validation } from './errors.ts';
import type { Lambda } from './lambda.ts';
import { type FunctionRef, functionArn, functionNotFound, isVersionNumber, LATEST } from './names.ts';
import type { AliasRecord } from './store/alias-store.ts';

type Weights = Readonly<Record<string, number>>;

export function showAlias(ref: FunctionRef, alias: AliasRecord): AliasConfiguration {
  const routed = Object.keys(alias.weights).length > 0;
  return {
    AliasArn: functionArn(ref, alias.name),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(routed ? { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } } : {}),
  };
}

/** @throws ResourceNotFoundException where a version is not there */
export function checkTarget({ functions }: Lambda, ref: FunctionRef, version: string): void {
  if (!functions.version(ref, version)) throw functionNotFound({ ...ref, qualifier: version });
}

/**
 * The weights of an alias for `version`, as a request gives them.
 *
 * @throws InvalidParameterValueException, ResourceNotFoundException, WireError
 */
export function readWeights(
  lambda: Lambda,
  ref: FunctionRef,
  version: string,
  { AdditionalVersionWeights: weights = {} }: AliasRoutingConfiguration,
): Weights {
  const entries = Object.entries(weights);
  if (entries.length > 1) {
    throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
  for (const [other, weight] of entries) {
    checkEntry(other, weight);
    if (other === version) {
      throw invalidParameter(
        `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
      );
    }
    if (version === LATEST) {
      throw invalidBehind('$LATEST is not supported for an alias pointing to more than 1 version');
    }
    checkTarget(lambda, ref, other);
  }
  return weights;
}

function checkEntry(version: string, weight: number): void {
  const problem = (words: string) =>
    validation(
      `Value '{${version}=${javaDouble(weight)}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: ${words}`,
    );
  if (!(weight >= 0 && weight <= 1)) {
    throw problem(
      'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
    );
  }
  if (!isVersionNumber(version) || version.length > 1024) {
    throw problem(
      'Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]',
    );
  }
}

/** As Java prints it: with a fraction, even where it is none. */
function javaDouble(number: number): string {
  return Number.isInteger(number) ? number.toFixed(1) : String(number);
}
