import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processIdentity } from '../../src/workloads/process/identity.ts';
import { eventually } from '../support/patience.ts';
import { RuntimeFixture } from '../support/runtime-fixture.ts';
import { RuntimeProcess } from '../support/runtime-process.ts';

let fixture: RuntimeFixture;

beforeAll(async () => {
  fixture = await RuntimeFixture.create();
});

afterAll(() => fixture[Symbol.asyncDispose]());

/** Sends raw bytes and returns all that comes back until the server closes or `enough` holds. */
function raw(port: number, text: string, enough: (answer: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(text));
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (enough(answer)) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const large = Buffer.alloc(9 * 1024 * 1024, 'abcdefghij\0\xff');

/** What every language must do, each in its own words. */
const languages = [
  {
    name: 'node',
    entry: 'handler.mjs',
    hello: `export default (req, res) => res.json({ path: req.path, method: req.method, q: req.query.a })`,
    throwing: `export default function handler() {\n  throw new RangeError('oh no');\n}\n`,
    thrown: /^RangeError: oh no \(handler\.mjs:2\)$/,
    syntax: `export default function handler(req, res) {\n  res.json({ a: };\n}\n`,
    syntaxAt: { file: 'handler.mjs', line: 2, column: 17 },
    echo: `export default (req, res) => { res.type('application/octet-stream'); req.pipe(res) }`,
    exit: `export default (req, res) => process.exit(3)`,
    spawn: `import { spawn } from 'node:child_process';
      const child = spawn('sleep', ['600'], { stdio: 'ignore' });
      export default (req, res) => res.json(child.pid)`,
    slow: `export default (req, res) => { console.log('came'); setTimeout(() => res.send('slow'), 300) }`,
    stream: `import { existsSync } from 'node:fs';
export default async (req, res) => {
      res.write('first\\n'); while (!existsSync(req.query.gate)) await new Promise((go) => setTimeout(go, 5)); res.end('second\\n') }`,
    oddHeader: `export default (req, res) => { res.setHeader('x-odd', 'a\\nb'); res.end() }`,
  },
  {
    name: 'python',
    entry: 'handler.py',
    hello: `from flask import request\ndef handler():\n    return {"path": request.path, "method": request.method, "q": request.args.get("a")}\n`,
    throwing: `def handler():\n    raise ValueError("oh no")\n`,
    thrown: /^ValueError: oh no \(handler\.py:2\)$/,
    syntax: `def handler():\n    return {"a": }\n`,
    syntaxAt: { file: 'handler.py', line: 2 },
    echo: `from flask import request, Response
def handler():
    def pieces():
        while data := request.stream.read(65536):
            yield data
    from flask import stream_with_context
    return Response(stream_with_context(pieces()), mimetype="application/octet-stream")
`,
    exit: `import os\ndef handler():\n    os._exit(3)\n`,
    spawn: `import subprocess\nchild = subprocess.Popen(["sleep", "600"])\ndef handler():\n    return str(child.pid)\n`,
    slow: `import time\ndef handler():\n    print("came")\n    time.sleep(0.3)\n    return "slow"\n`,
    stream: `import os, time
from flask import request
def handler():
    gate = request.args["gate"]
    def pieces():
        yield "first\\n"
        while not os.path.exists(gate):
            time.sleep(0.005)
        yield "second\\n"
    return pieces()
`,
    oddHeader: `def handler():\n    return "", 200, {"x-odd": "a\\nb"}\n`,
  },
  {
    name: 'golang',
    entry: 'handler.go',
    hello: `package main
import ("encoding/json"; "net/http")
func handler(w http.ResponseWriter, r *http.Request) {
	json.NewEncoder(w).Encode(map[string]string{"path": r.URL.Path, "method": r.Method, "q": r.URL.Query().Get("a")})
}`,
    throwing: `package main
import ("net/http"; "net/url")
func handler(params url.Values, w *http.ResponseWriter) {
	panic("oh no")
}`,
    thrown: /^panic: oh no \(handler\.go:4\)$/,
    syntax: `package main\nimport ("net/http"; "os")\nfunc handler(w http.ResponseWriter, r *http.Request) {\n\tx := 1\n}\n`,
    syntaxAt: { file: 'handler.go', line: 2, column: 21 },
    echo: `package main
import ("io"; "net/http")
func handler(w http.ResponseWriter, r *http.Request) {
	http.NewResponseController(w).EnableFullDuplex()
	io.Copy(w, r.Body)
}`,
    exit: `package main
import ("net/http"; "os")
func handler(w http.ResponseWriter, r *http.Request) { os.Exit(3) }`,
    spawn: `package main
import ("fmt"; "net/http"; "os/exec")
func handler(w http.ResponseWriter, r *http.Request) {
	child := exec.Command("sleep", "600")
	child.Start()
	fmt.Fprint(w, child.Process.Pid)
}`,
    slow: `package main
import ("fmt"; "net/http"; "time")
func handler(w http.ResponseWriter, r *http.Request) {
	fmt.Println("came")
	time.Sleep(300 * time.Millisecond)
	fmt.Fprint(w, "slow")
}`,
    stream: `package main
import ("fmt"; "net/http"; "os"; "time")
func handler(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, "first\\n")
	w.(http.Flusher).Flush()
	for {
		if _, err := os.Stat(r.URL.Query().Get("gate")); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Fprint(w, "second\\n")
}`,
    oddHeader: undefined,
  },
];

describe.each(languages)('$name', (language) => {
  const { name, entry } = language;
  const only = (code: string) => ({ [entry]: code });

  test('the default code says hello with the parameters', async () => {
    await using server = await fixture.start(name, only(fixture.runtime(name).definition.defaultCode));
    const response = await server.fetch('/?name=Ada');
    expect(response.status).toBe(200);
    const { message, params } = (await response.json()) as { message: string; params: { name: unknown } };
    expect(message).toMatch(/^Hello,? world!?$/i);
    expect([params.name].flat()).toEqual(['Ada']);
    expect(server.stderr).toEqual([]);
  });

  test('all methods and paths reach the handler, on one connection', async () => {
    await using server = await fixture.start(name, only(language.hello));
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const response = await server.fetch('/a/b%20c?a=1', { method });
      expect(await response.json()).toMatchObject({ method, q: '1' });
    }
    const request = 'GET /one HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await raw(server.port, request + request, (text) => text.split('HTTP/1.1 200').length > 2);
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    const head = await server.fetch('/', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('requests that arrive before the code is loaded wait for it', async () => {
    const template = await fixture.prepare(name, only(language.hello));
    await using server = new RuntimeProcess(template);
    await server.listening();
    const response = server.fetch('/early');
    server.send({ command: 'load', ...template.load });
    expect((await response).status).toBe(200);
  });

  test('bodies go through byte for byte, small, large, chunked and empty', async () => {
    await using server = await fixture.start(name, only(language.echo));
    for (const body of [Buffer.from('{"a": 1}'), large, Buffer.alloc(0)]) {
      for (const type of ['application/json', 'application/octet-stream', 'text/plain']) {
        if (type === 'application/json' && body === large) continue;
        const response = await server.fetch('/', { method: 'POST', body, headers: { 'content-type': type } });
        expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
      }
      const chunked = await server.fetch('/', {
        method: 'POST',
        body: new Blob([body]).stream(),
        headers: { 'content-type': 'text/plain' },
        duplex: 'half',
      } as RequestInit);
      expect(Buffer.from(await chunked.arrayBuffer()).equals(body)).toBe(true);
    }
  });

  test('an answer is streamed while it is made', async () => {
    await using server = await fixture.start(name, only(language.stream));
    const gate = join(fixture.folder, `gate-${name}`);
    const reader = (await server.fetch(`/?gate=${gate}`)).body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('first\n');
    writeFileSync(gate, '');
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('second\n');
  });

  test('an exception is a 500 with the place and the stack, and the next request is served', async () => {
    await using server = await fixture.start(name, only(language.throwing));
    for (let i = 0; i < 2; i++) {
      const response = await server.fetch('/');
      expect(response.status).toBe(500);
      const { error, stack } = (await response.json()) as { error: string; stack: string };
      expect(error).toMatch(language.thrown);
      expect(stack).toContain(entry);
      expect(stack).not.toMatch(/lambdock|server\.mjs|node:internal|site-packages|net\/http/);
    }
    await eventually(() => server.stderr.join('\n').includes('oh no'));
  });

  test.runIf(language.oddHeader)('an odd response header is a 500 and ends nothing', async () => {
    await using server = await fixture.start(name, only(language.oddHeader!));
    expect((await server.fetch('/')).status).toBe(500);
    expect((await server.fetch('/')).status).toBe(500);
  });

  test('code that does not compile fails with file and line', async () => {
    const error = await fixture.failureOf(name, only(language.syntax));
    expect(error).toMatchObject(language.syntaxAt);
    expect(error.stack).toContain(entry);
    expect(error.stack).not.toMatch(/zz_lambdock|lambdock_runtime|node:internal/);
  });

  test('code without a handler fails with what to write', async () => {
    const code = name === 'golang' ? 'package main\n' : 'x = 1\n';
    const error = await fixture.failureOf(name, only(name === 'node' ? 'export const x = 1;\n' : code));
    expect(error.message).toContain(entry);
    expect(error.message).toMatch(/write .*handler/);
  });

  test('answers a ping', async () => {
    await using server = await fixture.start(name, only(language.hello));
    server.send({ command: 'ping' });
    await server.next('pong');
  });

  test('SIGTERM lets the request under way end, then the process ends with 0', async () => {
    await using server = await fixture.start(name, only(language.slow));
    const response = server.fetch('/');
    await eventually(() => server.stdout.includes('came'));
    server.child.kill('SIGTERM');
    expect(await (await response).text()).toBe('slow');
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test('a handler that exits ends the process with its code', async () => {
    await using server = await fixture.start(name, only(language.exit));
    await expect(server.fetch('/')).rejects.toThrow();
    expect((await server.exited).code).toBe(3);
  });

  test('the end of stdin ends the process and all it started', async () => {
    await using server = await fixture.start(name, only(language.spawn));
    const pid = Number(await (await server.fetch('/')).text());
    expect(processIdentity(pid)).toBeDefined();
    server.child.stdin!.destroy();
    await server.exited;
    await eventually(() => processIdentity(pid) === undefined);
  });
});
