import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeError, shortenPath } from './describe-error.mjs';
import { findSyntaxError, readArrow } from './find-syntax-error.mjs';

/** `describeError` for code that did not load, where Node often leaves out the place or what to do about it. */
export async function describeLoadError(thrown, { directory, entry, inline }) {
  const error = describeError(thrown, directory);
  if (thrown?.name === 'HandlerMissing')
    return { name: error.name, message: error.message, stack: error.message, file: thrown.file };
  if (thrown instanceof SyntaxError)
    return { ...error, ...(await placeSyntaxError(thrown, error, directory, entry)) };
  if (thrown?.code === 'ERR_MODULE_NOT_FOUND' || thrown?.code === 'MODULE_NOT_FOUND')
    return explainMissingModule(error, directory, inline);
  return error;
}

/** Some syntax errors carry `file:line`, the source line and a caret in front of their stack. */
async function placeSyntaxError(thrown, error, directory, entry) {
  const place = readArrow(thrown.stack) ?? (await findSyntaxError(join(directory, entry)));
  if (!place) return error.file ? {} : { file: entry };
  const { path, line, column, frame } = place;
  const headline = `${error.name}: ${error.message}`;
  const short = shortenPath(path, directory);
  return { file: short, line, column, stack: `${short}:${line}\n${frame}\n${headline}` };
}

async function explainMissingModule(error, directory, inline) {
  const [what] = error.message.split('\n');
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(what)?.[1] ?? '';
  const importer =
    / imported from (.+)$/.exec(what)?.[1] ?? /Require stack:\n- (.+)/.exec(error.message)?.[1];
  const explained = { ...error, message: what, name: 'ModuleNotFoundError' };
  if (importer) {
    const path = importer.startsWith('file://') ? fileURLToPath(importer) : importer;
    explained.file = shortenPath(path, directory);
    Object.assign(explained, await findMention(path, missing));
  }
  const isPackage = missing !== '' && !/^(?:[./\\]|[a-zA-Z]:|file:)/.test(missing);
  if (isPackage && inline)
    explained.message = `Cannot find package '${missing}'. Code sent to the API can't have packages; a folder can: lambdock dev <folder>`;
  else if (isPackage) explained.message += `. ${await installHint(missing, directory)}`;
  else if (importer)
    explained.message = `Cannot find module '${shortenPath(missing, directory)}' imported from ${explained.file}`;
  explained.stack = `${explained.name}: ${explained.message}\n${error.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')}`.trimEnd();
  return explained;
}

async function installHint(specifier, directory) {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const manifest = await readFile(join(directory, 'package.json'), 'utf8').then(JSON.parse, () => undefined);
  const listed = ['dependencies', 'devDependencies', 'optionalDependencies'].some(
    (kind) => manifest?.[kind]?.[name],
  );
  return listed ? `Run \`npm install\` in ${directory}` : `Run \`npm install ${name}\` in ${directory}`;
}

/** Where a file names a module: line and column of the quoted specifier. */
async function findMention(path, missing) {
  const tail = missing.split(/[\\/]/).pop();
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n');
  for (const quoted of [missing, tail]) {
    const escaped = quoted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = new RegExp(`["'\`](?:[^"'\`]*/)?${escaped}(?:/[^"'\`]*)?["'\`]`);
    const line = lines.findIndex((one) => pattern.test(one));
    if (line !== -1) return { line: line + 1, column: lines[line].search(pattern) + 1 };
  }
  return {};
}
