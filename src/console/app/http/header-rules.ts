const BY_BROWSER =
  /^(?:accept-charset|accept-encoding|access-control-request-\S*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|permissions-policy|referer|set-cookie|te|trailer|transfer-encoding|upgrade|user-agent|via|proxy-.*|sec-.*)$/i;
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
/** Octets that a header's value can't have (RFC 9110, section 5.5), or that browsers can't send. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them
const BAD_VALUE = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/;

/** Browsers write this header themselves, whatever a page says (https://fetch.spec.whatwg.org/#forbidden-request-header). */
export function isBrowsersOwn(name: string): boolean {
  return BY_BROWSER.test(name);
}

/** What is wrong with a header that a page wants to send; undefined when nothing is. */
export function headerProblem(name: string, value: string): string | undefined {
  if (name === '') return value === '' ? undefined : 'It has no name';
  if (!TOKEN.test(name)) return 'A name has no spaces and no special characters';
  if (BAD_VALUE.test(value)) return 'A value has characters of Latin-1 only';
  if (isBrowsersOwn(name)) return 'Browsers set it themselves; “Copy as curl” sends it';
  return undefined;
}

/** Methods whose requests browsers send no body with. */
export function takesBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}
