// The same as in modules-outside.mjs for versions of Node that resolve modules in a thread of their own.
let parents = [];

export function initialize(folders) {
  parents = folders;
}

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    for (const parentURL of parents) {
      try {
        return await next(specifier, { ...context, parentURL });
      } catch {} // it may be in the next one
    }
    throw error;
  }
}
