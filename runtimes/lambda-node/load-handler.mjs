import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HandlerNotFound, ImportModuleError, MalformedHandlerName, UserCodeSyntaxError } from './errors.mjs';
import { findModulesOutside } from './modules-outside.mjs';
import { HttpResponseStream } from './response-stream.mjs';
import { markStreaming } from './streaming-handlers.mjs';
import { findSyntaxError, placeIn } from './syntax-place.mjs';

const MODULE_AND_EXPORT = /^([^.]*)\.(.*)$/;
/** Modules are required in the name of AWS's own file, which messages of Node quote. */
const require = createRequire('/var/runtime/index.mjs');

/**
 * Loads the function that `handler` names, like `src/app.orders.create`: the file `src/app` with one of several endings, and
 * in what it exports `orders.create`. Throws errors with AWS's types and messages.
 */
export async function loadHandler(taskRoot, handler, { exportsOfDefault }) {
  if (handler.includes('..'))
    throw new MalformedHandlerName(
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  const last = basename(handler);
  const folder = handler.slice(0, handler.indexOf(last));
  const match = MODULE_AND_EXPORT.exec(last);
  if (!match) throw new MalformedHandlerName('Bad handler');
  const [, module, path] = match;

  offerGlobals();
  const exports = await _loadUserApp(taskRoot, folder, module);
  const found = at(exports, path) || (exportsOfDefault ? at(exports?.default, path) : undefined);
  if (!found) throw new HandlerNotFound(`${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new HandlerNotFound(`${handler} is not a function`);
  return found;
}

const at = (object, path) => path.split('.').reduce((found, key) => found?.[key], object);

/** https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html */
function offerGlobals() {
  if (['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  globalThis.awslambda = { streamifyResponse: markStreaming, HttpResponseStream };
}

/** Its name is AWS's: stacks of code that does not load tell it. */
async function _loadUserApp(taskRoot, folder, module) {
  const path = resolve(taskRoot, folder, module);
  try {
    return await load(path, { taskRoot, folder, module });
  } catch (error) {
    if (error instanceof SyntaxError) {
      const place = placeIn(error.stack) ?? placeAmongModules(path);
      throw new UserCodeSyntaxError(error, place);
    }
    if (error?.code === 'MODULE_NOT_FOUND') throw new ImportModuleError(error);
    throw error;
  }
}

function placeAmongModules(path) {
  const file = [`${path}.js`, `${path}.mjs`].find((candidate) => existsSync(candidate));
  return file && findSyntaxError(file);
}

async function load(path, { taskRoot, folder, module }) {
  const asModule = isModuleFolder(dirname(path));
  const typescript = process.features.typescript === undefined ? false : Boolean(process.features.typescript);
  const loaders = [
    ['', required],
    ['.js', asModule ? imported : required],
    ['.mjs', imported],
    ['.cjs', required],
    ...(typescript
      ? [
          ['.ts', asModule ? imported : required],
          ['.mts', imported],
          ['.cts', required],
        ]
      : []),
  ];
  for (const [ending, loader] of loaders) {
    const exports = existsSync(path + ending) ? await loader(path + ending) : undefined;
    if (exports) return exports;
  }
  return require(require.resolve(module, { paths: [taskRoot, folder] }));
}

const required = (file) => require(file);

function imported(file) {
  findModulesOutside(dirname(file));
  return import(pathToFileURL(file).href);
}

/** Whether `.js` files in a folder are ES modules: https://nodejs.org/api/packages.html#type */
function isModuleFolder(folder) {
  if (folder.endsWith('/node_modules')) return false;
  const file = resolve(folder, 'package.json');
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))?.type === 'module';
    } catch (error) {
      console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return false;
    }
  }
  return folder === '/' ? false : isModuleFolder(dirname(folder));
}
