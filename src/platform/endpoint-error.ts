import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ForwardObserver } from '../balancer/forward.ts';
import type { SourceError } from '../execution/source.ts';

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
export function sendEndpointError(
  req: IncomingMessage,
  res: ServerResponse,
  error: EndpointError,
  observer?: ForwardObserver,
): void {
  if (res.headersSent || res.destroyed) return;
  const page = wantsPage(req);
  const body = Buffer.from(page ? describeAsPage(error) : JSON.stringify(describe(error)));
  const fields = ['content-type', page ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'];
  fields.push('content-length', String(body.length), 'cache-control', 'no-store');
  if (error.retryAfterSeconds !== undefined) fields.push('retry-after', String(error.retryAfterSeconds));
  if (page) fields.push('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  observer?.onResponseHead(fields);
  observer?.onResponseBody(body);
  res.writeHead(error.status, fields).end(body);
}

function describe({ message, source }: EndpointError) {
  const { stack, file, line, column } = source ?? {};
  return { error: message, file, line, column, stack };
}

/** Someone looks at it in a browser, rather than a script asking for data. */
function wantsPage(req: IncomingMessage): boolean {
  return req.headers['sec-fetch-dest'] === 'document';
}

function describeAsPage({ source, status, message }: EndpointError): string {
  const place = source?.file
    ? [source.file, source.line, source.column].filter((part) => part !== undefined)
    : [];
  const titles = {
    404: 'No such function',
    502: 'The function is broken',
    503: 'Not ready yet',
    504: 'No answer in time',
  };
  return `<!doctype html>
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
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
