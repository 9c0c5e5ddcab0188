import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SourceError } from '../execution/source.ts';
import { sendJson } from '../support/json-response.ts';

/** Why an endpoint does not give the function's own answer. */
export interface EndpointError {
  status: 404 | 502 | 503 | 504;
  message: string;
  retryAfterSeconds?: number;
  source?: SourceError;
}

/**
 * Answers with `{"error": message}` and, where the function's code is the cause, its `stack`, `file`, `line` and
 * `column`; to a browser that shows a page, with the same as a page that reloads by itself.
 */
export function sendEndpointError(req: IncomingMessage, res: ServerResponse, error: EndpointError): void {
  if (res.headersSent || res.destroyed) return;
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds);
  if (wantsPage(req)) {
    sendPage(res, error, headers);
    return;
  }
  const { stack, file, line, column } = error.source ?? {};
  sendJson(res, error.status, { error: error.message, file, line, column, stack }, headers);
}

/** Someone looks at it in a browser, rather than a script asking for data. */
function wantsPage(req: IncomingMessage): boolean {
  return req.headers['sec-fetch-dest'] === 'document';
}

function sendPage(res: ServerResponse, error: EndpointError, headers: Record<string, string>): void {
  const { source, status, message } = error;
  const place = source?.file
    ? [source.file, source.line, source.column].filter((part) => part !== undefined)
    : [];
  const titles = {
    404: 'No such function',
    502: 'The function is broken',
    503: 'Not ready yet',
    504: 'No answer in time',
  };
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${status === 404 ? '' : '<meta http-equiv="refresh" content="2">'}
<title>${titles[status]}</title>
<style>
:root { color-scheme: light dark; --text: #1c2024; --quiet: #60646c; --line: #e0e1e6; --bad: #c62a2f; --back: #fcfcfd; --code: #f2f2f5 }
@media (prefers-color-scheme: dark) { :root { --text: #edeef0; --quiet: #b0b4ba; --line: #363a3f; --bad: #ff9592; --back: #111113; --code: #1b1c1f } }
body { margin: 0; padding: 8vh 24px; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 860px; margin: 0 auto }
h1 { margin: 0 0 4px; font-size: 22px; font-weight: 600 }
p { margin: 0 0 20px; color: var(--quiet) }
.message { color: var(--bad); font-weight: 500; overflow-wrap: anywhere; white-space: pre-wrap }
pre { margin: 0 0 20px; padding: 16px; overflow: auto; background: var(--code); border: 1px solid var(--line); border-radius: 8px; font: 13px/1.6 ui-monospace, monospace }
</style>
<main>
<h1>${titles[status]}</h1>
<p>${escapeHtml(place.join(':'))}</p>
<p class="message">${escapeHtml(message)}</p>
${source?.stack ? `<pre>${escapeHtml(source.stack)}</pre>` : ''}
${status === 404 ? '' : '<p>This page looks again every two seconds.</p>'}
</main>
</html>
`;
  res.writeHead(status, {
    ...headers,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  res.end(page);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
