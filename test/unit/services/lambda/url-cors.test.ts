import { describe, expect, test } from 'vitest';
import { useUrls } from './urls.ts';

const urls = useUrls();
const { urlOf, send, answering } = urls;

describe('CORS', () => {
  const Cors = {
    AllowOrigins: ['https://*.example.com'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['x-custom'],
    ExposeHeaders: ['x-shown'],
    AllowCredentials: true,
    MaxAge: 300,
  };
  const preflight = { 'access-control-request-method': 'POST' };

  test('is decided by the configuration, without asking the function', async () => {
    const host = await urlOf({ Cors });
    const before = urls.it.host.invocations.length;
    const allowed = await send(host, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', ...preflight },
    });
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-custom',
      'access-control-expose-headers': 'x-shown',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '300',
      vary: 'Origin',
    });
    const refused = await send(host, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.com', ...preflight },
    });
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    expect(urls.it.host.invocations.length).toBe(before);
  });

  test('takes the place of what the function says', async () => {
    const host = await urlOf({ Cors: { AllowOrigins: ['*'] } });
    answering({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://mine' }, body: '' });
    const { headers } = await send(host, { headers: { origin: 'https://app.test' } });
    expect(headers['access-control-allow-origin']).toBe('*');
  });

  test('is the function’s own where nothing is configured', async () => {
    const host = await urlOf();
    answering({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://mine' }, body: 'asked' });
    const { headers, body } = await send(host, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.test', ...preflight },
    });
    expect(headers['access-control-allow-origin']).toBe('https://mine');
    expect(body).toBe('asked');
  });

  test('keeps pages of other sites out that it does not allow', async () => {
    const host = await urlOf({ Cors });
    const foreign = { 'x-test-foreign': '1' };
    const before = urls.it.host.invocations.length;
    const refused = await send(host, { headers: { ...foreign, origin: 'https://evil.com' } });
    expect(refused.status).toBe(403);
    expect(urls.it.host.invocations.length).toBe(before);
    const allowed = await send(host, { headers: { ...foreign, origin: 'https://app.example.com' } });
    expect(allowed.status).toBe(200);
  });
});
