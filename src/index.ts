import type { RawSettings, Settings } from './daemon/config.ts';

/** What `lambdock.config.ts` may export: every option is optional; times and sizes may be text such as `30s`. */
export type LambdockConfig = {
  readonly [K in keyof Settings]?: Settings[K] | (RawSettings[K] & string);
};

/** Gives editors the types of `lambdock.config.ts`; returns what it gets. */
export function defineConfig(config: LambdockConfig): LambdockConfig {
  return config;
}
