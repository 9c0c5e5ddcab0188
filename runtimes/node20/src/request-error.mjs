import { describeError } from './describe-error.mjs';

/** Answers a request whose handler threw, and writes the stack to the log. */
export function answerError(thrown, response, directory) {
  const error = describeError(thrown, directory);
  process.stderr.write(`${error.stack}\n`);
  if (response.headersSent) return void response.destroy(); // a cut answer tells the client that it is not whole
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const place = error.file ? ` (${error.file}:${error.line})` : '';
  response.statusMessage = '';
  response.status(500).json({ error: `${error.name}: ${error.message}${place}`, stack: error.stack });
}
