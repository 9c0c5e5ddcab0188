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

/** A layer by its name or ARN. @throws WireError for a layer of another account or region */
export function resolveLayer(nameOrArn: string, call: Call, action: string): LayerRef {
  const parsed = parseLayerArn(nameOrArn);
  const { account, region, partition } = call;
  if (!parsed) return { scope: { account, region }, partition, name: nameOrArn };
  if (parsed.scope.account !== account || parsed.scope.region !== region) {
    throw noPolicyAllows(nameOrArn, call, action);
  }
  return parsed;
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
