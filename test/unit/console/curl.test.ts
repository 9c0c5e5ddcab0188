import { describe, expect, it } from 'vitest';
import { toCurl } from '../../../src/console/app/http/curl.ts';

const url = 'http://127.0.0.1:4566/endpoint/a';

describe('a request as a curl command', () => {
  it('is short where there is little to say', () => {
    expect(toCurl({ method: 'GET', url, headers: [] })).toBe(`curl ${url}`);
    expect(toCurl({ method: 'HEAD', url, headers: [] })).toBe(`curl --head ${url}`);
  });

  it('keeps a shell from reading anything in it', () => {
    const body = `it's "$HOME" \`id\``;
    expect(toCurl({ method: 'PUT', url: `${url}?a=1&b=$x`, headers: [['x-a', '']], body })).toBe(
      [
        'curl -X PUT',
        `'${url}?a=1&b=$x'`,
        "-H 'x-a;'",
        "-H 'content-type:'",
        `--data-raw 'it'\\''s "$HOME" \`id\`'`,
      ].join(' \\\n  '),
    );
  });

  it('does not say POST where the body does', () => {
    const headers = [['content-type', 'text/plain']] as const;
    expect(toCurl({ method: 'POST', url, headers, body: 'x' })).toBe(
      `curl ${url} \\\n  -H 'content-type: text/plain' \\\n  --data-raw x`,
    );
    expect(toCurl({ method: 'POST', url, headers: [] })).toBe(`curl -X POST ${url}`);
  });

  it('sends brackets as they are', () => {
    expect(toCurl({ method: 'GET', url: `${url}?a[]=1`, headers: [] })).toContain('--globoff');
  });
});
