import type { Layer } from '@aws-sdk/client-lambda';
import type { Call } from '../../aws/call.ts';
import type { PackageReference } from '../../execution/function-host.ts';

/** Layers as a function's configuration answers them, and their packages. */
export interface ResolvedLayers {
  shown: Layer[] | undefined;
  packages: PackageReference[];
}

/** Finds the layers that a request names. @throws InvalidParameterValueException */
export type ResolveLayers = (arns: readonly string[], call: Call) => ResolvedLayers;

export const NO_LAYERS: ResolvedLayers = { shown: undefined, packages: [] };
