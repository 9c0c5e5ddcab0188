import type { ProgramPlan } from './program.ts';

/** Everything that is known of an environment before anything of it runs. */
export interface LaunchPlan {
  cwd: string;
  /** The runtime. */
  program: ProgramPlan;
  /** External extensions: file name and path. */
  extensions: Readonly<Record<string, string>>;
  /** Extensions don't get what is the runtime's alone. */
  extensionEnvironment: Readonly<Record<string, string>>;
}
