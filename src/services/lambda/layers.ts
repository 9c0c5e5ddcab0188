import type { Layer } from '@aws-sdk/client-lambda';
import type { Call } from '../../aws/call.ts';
import type { PackageReference } from '../../execution/function-host.ts';
import { invalidParameter } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { StoredCode } from './store/function-record.ts';

/** Layers as a function's configuration answers them, and their packages. */
export interface ResolvedLayers {
  shown: Layer[] | undefined;
  packages: PackageReference[];
  /** Bytes of all their files. */
  unpacked: number;
}

/** Finds the layers that a request names. @throws InvalidParameterValueException */
export type ResolveLayers = (arns: readonly string[], call: Call) => ResolvedLayers;

export const NO_LAYERS: ResolvedLayers = { shown: undefined, packages: [], unpacked: 0 };

/** @throws InvalidParameterValueException where a function's code and its layers are together larger than AWS allows */
export function checkUnpacked(code: StoredCode, layers: number): void {
  const size = layers + (code.kind === 'zip' ? code.unpacked : 0);
  if (size <= LIMITS.unzipped) return;
  throw invalidParameter(
    `Function code combined with layers exceeds the maximum allowed size of ${LIMITS.unzipped} bytes. The actual size is ${size} bytes.`,
  );
}
