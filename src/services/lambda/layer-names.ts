import type { Call } from '../../aws/call.ts';
import type { Scope } from '../../storage/scope.ts';
import { accessDenied, invalidParameter } from './errors.ts';

/** A layer as a request names it. */
export interface LayerRef {
  scope: Scope;
  partition: string;
  name: string;
}

const LAYER_ARN = /^arn:([^:]+):lambda:([^:]+):(\d{12}):layer:([a-zA-Z0-9-_]+)(?::(\d+))?$/;

/** A layer of the caller's by its name, or anyone's by its ARN. */
export function layerNamed(nameOrArn: string, { account, region, partition }: Call): LayerRef {
  return parseLayerArn(nameOrArn) ?? { scope: { account, region }, partition, name: nameOrArn };
}

/** A layer of the caller's. @throws WireError for one of another account or region */
export function resolveLayer(nameOrArn: string, call: Call, action: string): LayerRef {
  const ref = layerNamed(nameOrArn, call);
  const { account, region } = ref.scope;
  if (account !== call.account || region !== call.region) throw noPolicyAllows(nameOrArn, call, action);
  return ref;
}

/** Undefined where it is not the ARN of a layer. */
export function parseLayerArn(arn: string): (LayerRef & { version: number | undefined }) | undefined {
  const match = LAYER_ARN.exec(arn);
  if (!match) return undefined;
  const [, partition, region, account, name, version] = match;
  return {
    scope: { account: account!, region: region! },
    partition: partition!,
    name: name!,
    version: version === undefined ? undefined : Number(version),
  };
}

export function layerArn({ partition, scope: { account, region }, name }: LayerRef): string {
  return `arn:${partition}:lambda:${region}:${account}:layer:${name}`;
}

export function layerVersionArn(ref: LayerRef, version: number): string {
  return `${layerArn(ref)}:${version}`;
}

/** @throws InvalidParameterValueException */
export function checkLayerVersion(version: number): void {
  if (version < 1) throw invalidParameter('Layer Version Cannot be less than 1');
}

export function noPolicyAllows(arn: string, call: Call, action: string): Error {
  return accessDenied(
    `User: ${call.caller.arn} is not authorized to perform: lambda:${action} on resource: ${arn} because no resource-based policy allows the lambda:${action} action`,
  );
}
