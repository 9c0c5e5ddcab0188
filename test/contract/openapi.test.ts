import { expect, test } from 'vitest';
import { useContract } from './support.ts';

const contract = useContract();

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
}

/** Operations by method, and `parameters`. */
type PathItem = Record<string, unknown> & { parameters?: Operation['parameters'] };

interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, PathItem>;
  components: { schemas: Record<string, object> };
}

async function load(): Promise<{ document: Document; operations: [string, string, Operation][] }> {
  const { status, body } = await contract.call<Document>('GET', '/openapi.json');
  expect(status).toBe(200);
  const operations = Object.entries(body.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]): [string, string, Operation] => [method, path, operation as Operation]),
  );
  return { document: body, operations };
}

test('it is an OpenAPI 3.1 document whose parts fit together', async () => {
  const { document, operations } = await load();
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(reference!)?.[1];
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
  const ids = operations.map(([, , operation]) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, path, operation] of operations) {
    const parameters = [...(document.paths[path]!.parameters ?? []), ...(operation.parameters ?? [])];
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(inPath.map((parameter) => parameter.name).sort()).toEqual(named.sort());
    for (const parameter of inPath) expect(parameter.required).toBe(true);
    expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
    for (const response of Object.values(operation.responses)) expect(response.description).toMatch(/./);
  }
});

test('every call of the contract is described, with its bodies and its errors', async () => {
  const { operations } = await load();
  const described = new Map(operations.map(([method, path, operation]) => [`${method} ${path}`, operation]));
  for (const [call, statuses] of Object.entries({
    'get /lambda/setup': ['200'],
    'get /lambda/runtimes': ['200'],
    'get /lambda/default': ['200'],
    'post /lambda': ['200', '400', '413'],
    'get /lambda': ['200', '400', '404'],
    'get /lambda/list': ['200', '400'],
    'patch /lambda': ['200', '400', '404', '409', '412', '413'],
    'delete /lambda': ['200', '400', '404'],
    'post /lambda/{id}/restore': ['200', '400', '404', '409'],
    'get /lambda/{id}/traffic': ['200', '400', '404'],
    'get /lambda/{id}/logs': ['200', '400', '404'],
    'get /lambda/{id}/status': ['200', '400', '404'],
    'get /openapi.json': ['200'],
    'get /_lambdock/journal': ['200', '400'],
    'get /_lambdock/exchanges/{seq}': ['200', '400', '404'],
  }))
    expect([call, Object.keys(described.get(call)?.responses ?? {})]).toEqual([
      call,
      expect.arrayContaining(statuses),
    ]);
  for (const call of ['post /lambda', 'patch /lambda'])
    expect(Object.keys(described.get(call)!.requestBody!.content)).toEqual([
      'application/json',
      'multipart/form-data',
    ]);
  for (const method of METHODS.slice(0, -1))
    expect(Object.keys(described.get(`${method} /endpoint/{id}`)!.responses)).toEqual(
      expect.arrayContaining(['404', '502', '503', '504']),
    );
});
