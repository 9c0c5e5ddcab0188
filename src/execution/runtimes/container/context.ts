import type { Milliseconds } from '../../../clock/clock.ts';
import type { RuntimeDefinition } from '../../runtime.ts';
import type { ToolResult } from '../run-tool.ts';

/** A command that runs to its end in a container of its own. */
export interface ContainerTool {
  image: string;
  command: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** Folders of this machine that it sees under the same path; those named in `writable` it may change, as this user. */
  mounts: readonly string[];
  writable: readonly string[];
  signal: AbortSignal;
  onLine(line: string): void;
}

/** What the runtimes of a daemon that runs containers share. */
export interface ContainerContext {
  /** The image of a runtime, built when there is none. Rejects with SourceFailure (kind `setup`). */
  image(definition: RuntimeDefinition, signal: AbortSignal): Promise<{ tag: string }>;
  /** Rejects with SourceFailure (kind `setup`) when there is no container to run it in. */
  runTool(tool: ContainerTool): Promise<ToolResult>;
  /** Variables that functions get. */
  env: Readonly<Record<string, string>>;
  startTimeout: Milliseconds;
  memoryLimitMb?: number;
  /** For what can be made again and is seen by containers: bundles, Python packages. */
  cacheDirectory: string;
  onProgress(topic: string, message: string, done?: boolean): void;
  /** The engine runs without root's rights, so that a container's root is this user. */
  rootless: boolean;
}

/** A user without any rights, as the images name it. */
export const NOBODY = '65532:65532';
