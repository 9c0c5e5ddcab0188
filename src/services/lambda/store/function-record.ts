import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { PackageReference } from '../../../execution/function-host.ts';
import type { Scope } from '../../../storage/scope.ts';

/** Whose a function is, and its name: what its rows are found by. */
export interface FunctionKey {
  scope: Scope;
  name: string;
}

export type StoredCode =
  | {
      kind: 'zip';
      /** Bytes of all its files. */
      unpacked: number;
      /** Lower-case hex. */
      sha256: string;
      size: number;
    }
  | {
      kind: 'image';
      uri: string;
      resolvedUri: string;
      digest: string;
      /** See `ResolvedImage`; absent where nothing runs images. */
      id?: string;
    };

/** The members of a configuration that are kept as AWS answers them; the others are made of the rest of the record. */
export type Settings = Omit<
  FunctionConfiguration,
  | 'FunctionName'
  | 'FunctionArn'
  | 'Version'
  | 'MasterArn'
  | 'LastModified'
  | 'RevisionId'
  | 'CodeSha256'
  | 'CodeSize'
  | 'State'
  | 'StateReason'
  | 'StateReasonCode'
  | 'LastUpdateStatus'
  | 'LastUpdateStatusReason'
  | 'LastUpdateStatusReasonCode'
>;

/** One version of a function: `$LATEST`, which changes, or a published one, which does not. */
export interface VersionRecord {
  /** `$LATEST` or a number. */
  version: string;
  /** While it is Pending or an update is InProgress. */
  revisionId: string;
  /** From then on: AWS counts the end of both as a change. */
  settledRevisionId: string;
  /** What environments are made for. Another one after every update, also of one that changed nothing. */
  revision: string;
  lastModified: Milliseconds;
  settings: Settings;
  /** Of a published version: the settings of `$LATEST` that it was made of. */
  basedOn?: Settings;
  code: StoredCode;
  /** What `settings.Layers` stand for. */
  layers: PackageReference[];
  /** Bytes of all files of `layers`. */
  layersUnpacked: number;
  /** Pending until then, as told by the clock. */
  activeAt: Milliseconds;
  /** LastUpdateStatus is InProgress until then. */
  updatedAt: Milliseconds;
}
