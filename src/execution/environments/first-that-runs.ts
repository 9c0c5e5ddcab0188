import type { FunctionVersion } from '../function-host.ts';
import { CannotStart } from './blueprint.ts';
import type { Blueprint, SiteDriver } from './site.ts';

/** Has functions run by `first`, and those that can't be run there by `second`. */
export function firstThatRuns(first: SiteDriver, second: SiteDriver | undefined): SiteDriver {
  if (!second) return first;
  return {
    blueprint: async (fn: FunctionVersion): Promise<Blueprint> => {
      try {
        return await first.blueprint(fn);
      } catch (error) {
        if (!(error instanceof CannotStart) || error.error.type !== 'Runtime.Unsupported') throw error;
        return second.blueprint(fn);
      }
    },
    ...(second.findImage ? { findImage: (uri: string) => second.findImage!(uri) } : {}),
    [Symbol.asyncDispose]: async () => {
      await first[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
    },
  };
}
