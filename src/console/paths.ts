import type { IncomingMessage } from 'node:http';

/** Where the files of the built console are served from. */
export const CONSOLE_FILES = '/_lambdock/console/';

const PAGE = /^\/(?:lambda\/(?:list|add|info|activity))?(?=\?|$)/;

/**
 * Whether a path is one of the console's pages. Some are the platform API's as well: `/lambda/list` is a page to who asks for
 * HTML, as a browser does that follows a link, and JSON to everyone else.
 */
export function isPagePath(url: string): boolean {
  return PAGE.test(url);
}

/** Whether a request is for a page or a file of the console, which hold nothing secret and change nothing. */
export function isConsoleRequest({ method, url, headers }: IncomingMessage): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return url!.startsWith(CONSOLE_FILES) || (isPagePath(url!) && acceptsHtml(headers.accept));
}

/** `Accept` names HTML itself (RFC 9110, section 12.5.1). A program that takes anything means JSON. */
function acceptsHtml(accept: string | undefined): boolean {
  return /(?:^|,)\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|,|$)/i.test(
    accept ?? '',
  );
}
