import { request } from 'node:http';

/** Resolves to the response of a GET, redirects being answers like any other; its body is the caller's to read or destroy. */
export async function get(url, signal) {
  const send = url.startsWith('https:') ? (await import('node:https')).request : request;
  return new Promise((resolve, reject) => {
    send(url, { agent: false, signal }, resolve).on('error', reject).end();
  });
}

/** What was wrong, in the words of the one who knows best. */
export function reason(error) {
  if (error.name === 'TimeoutError' || error.cause?.name === 'TimeoutError') return 'no answer in time';
  // Several addresses of one name were tried: each has its own error, and the whole no message.
  return error.message || error.errors?.map(({ message }) => message).join(', ') || error.code;
}

/** The answer's status for each URL, or why there was none. */
export async function probe(urls, timeout) {
  const results = urls.map(async (url) => {
    try {
      const response = await get(url, AbortSignal.timeout(timeout));
      response.destroy();
      return [url, response.statusCode];
    } catch (error) {
      return [url, reason(error)];
    }
  });
  return Object.fromEntries(await Promise.all(results));
}
