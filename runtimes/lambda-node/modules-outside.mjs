import { existsSync, realpathSync } from 'node:fs';
import module from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Lets ES modules below `folder` import packages from the folders of NODE_PATH: layers, and the AWS SDK. Node itself looks
 * there for CommonJS only, while on AWS both find them.
 *
 * Before Node 22.15 that takes a thread of its own, some 30 ms and 11 MB; so it is left out where the packages are found
 * anyway because a `node_modules` above the code is a link to them.
 */
export function findModulesOutside(folder) {
  const above = new Set(nodeModulesAbove(folder));
  const outside = (process.env.NODE_PATH ?? '')
    .split(delimiter)
    .filter(
      (path) => basename(path) === 'node_modules' && existsSync(path) && !above.has(realpathSync(path)),
    );
  if (outside.length === 0) return;
  // As if the importing file lay beside the folder.
  const parents = outside.map((path) => pathToFileURL(join(dirname(path), 'index.mjs')).href);
  if (module.registerHooks) module.registerHooks({ resolve: resolveFrom(parents) });
  else module.register('./module-hooks.mjs', { parentURL: import.meta.url, data: parents });
}

function resolveFrom(parents) {
  return (specifier, context, next) => {
    try {
      return next(specifier, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      for (const parentURL of parents) {
        try {
          return next(specifier, { ...context, parentURL });
        } catch {} // it may be in the next one
      }
      throw error;
    }
  };
}

function* nodeModulesAbove(folder) {
  for (let at = folder; ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(modules)) yield realpathSync(modules);
    if (dirname(at) === at) return;
  }
}
