import { expect, test } from 'vitest';
import { type Answer, FIRST_START_TIMEOUT, useContract } from './support.ts';

const contract = useContract();

interface Language {
  runtime: string;
  version: string;
  /** A handler that answers with this word and the query parameter `name`. */
  handler(word: string): string;
  /** One that does not load, because of its line 3. */
  broken: string;
  codeFile: string;
}

const LANGUAGES: Language[] = [
  {
    runtime: 'node',
    version: '20',
    handler: (word) =>
      `export default function handler(req, res) {\n  res.send('${word} ' + req.query.name);\n}\n`,
    broken: 'const fine = 1;\n\nexport default function handler( { {\n',
    codeFile: 'handler.mjs',
  },
  {
    runtime: 'python',
    version: '3.12',
    handler: (word) =>
      `from flask import request\n\ndef handler():\n    return '${word} ' + request.args['name']\n`,
    broken: 'fine = 1\n\ndef handler(:\n    pass\n',
    codeFile: 'handler.py',
  },
  {
    runtime: 'golang',
    version: '1.22',
    handler: (word) =>
      'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n\t"net/url"\n)\n\n' +
      'func handler(params url.Values, w *http.ResponseWriter) {\n' +
      `\tfmt.Fprintf(*w, "${word} %s", params.Get("name"))\n}\n`,
    broken: 'package main\n\nfunc handler( {\n}\n',
    codeFile: 'handler.go',
  },
];

for (const { runtime, version, handler, broken, codeFile } of LANGUAGES) {
  test(
    `a ${runtime} function lives: created, called, changed, broken, mended, deleted`,
    async () => {
      const id = await contract.create({ title: runtime, runtime, version, code: handler('hello') });
      expect(await contract.text(id, '?name=w%C3%B6rld')).toBe('hello wörld');
      await contract.patch(id, { code: handler('bye') });
      expect(await contract.text(id, '?name=x')).toBe('bye x');

      await contract.patch(id, { code: broken });
      const response = await contract.endpoint(id);
      expect(response.status).toBe(502);
      const { error } = (await response.json()) as { error: string };
      expect(error).toMatch(new RegExp(`${codeFile.replace('.', '\\.')}:3`));

      await contract.patch(id, { code: handler('mended') });
      expect(await contract.text(id, '?name=y')).toBe('mended y');
      await contract.remove(id);
      expect((await contract.request(`/endpoint/${id}`)).status).toBe(404);
    },
    FIRST_START_TIMEOUT,
  );

  test(
    `the default code of ${runtime} answers with its parameters`,
    async () => {
      const { body }: Answer<{ runtimes: { runtime: string; version: string; default_code: string }[] }> =
        await contract.call('GET', '/lambda/runtimes');
      const { default_code: code } = body.runtimes.find(
        (one) => one.runtime === runtime && one.version === version,
      )!;
      const id = await contract.create({ title: runtime, runtime, version, code });
      const response = await contract.endpoint(id, '?word=hello');
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      const answer = (await response.json()) as { message: string; params: { word: string | string[] } };
      expect(answer.message).toMatch(/^Hello,? world!?$/i);
      expect([answer.params.word].flat()).toEqual(['hello']);
    },
    FIRST_START_TIMEOUT,
  );
}

test(
  'a function can move to another language',
  async () => {
    const [node, python] = LANGUAGES;
    const id = await contract.create({ code: node!.handler('node') });
    expect(await contract.text(id, '?name=x')).toBe('node x');
    await contract.patch(id, { runtime: 'python', version: '3.12', code: python!.handler('python') });
    expect(await contract.text(id, '?name=x')).toBe('python x');
    expect(await contract.get(id)).toMatchObject({ runtime: 'python', version: '3.12' });
  },
  FIRST_START_TIMEOUT,
);
