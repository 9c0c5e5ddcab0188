import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { Machine } from '../toolchains/machine.ts';

/** Progress of something that takes long, for people to see. `done` ends the topic. */
export type ProgressListener = (topic: string, message: string, done?: boolean) => void;

/** What the runtimes of one daemon share. */
export interface RuntimeContext {
  /** Folder of built runtime servers, one folder a runtime: `dist/runtimes`. */
  serverDirectory: string;
  /** For what can be made again: Python environments, binaries, bundles. */
  cacheDirectory: string;
  clock: Clock;
  onProgress: ProgressListener;
  startTimeout: Milliseconds;
  memoryLimitMb?: number;
  /** Environment of functions and of the tools that prepare them. */
  baseEnv: Readonly<Record<string, string>>;
  machine: Machine;
}
