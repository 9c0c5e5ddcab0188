import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LaneExchange } from '../../../../src/daemon/lane/exchange.ts';
import { Lane } from '../../../../src/daemon/lane/lane.ts';
import type { LaneAnswer } from '../../../../src/daemon/lane/options.ts';
import { deferred } from '../../../../src/support/deferred.ts';
import { RawConnection } from '../../../support/raw-http.ts';

const OK: LaneAnswer = { status: 200, headers: { 'x-a': '1' }, body: 'ü' };

/** A lane behind a server of its own, which notes what is asked of it. */
class LaneServer implements AsyncDisposable {
  readonly exchanges: LaneExchange[] = [];
  readonly handedOver: Buffer[] = [];
  readonly lane: Lane;
  answer: (exchange: LaneExchange) => Promise<LaneAnswer> = async () => OK;
  answered = 0;
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => this.lane.take(socket));
  readonly #sockets = new Set<Socket>();
  readonly #connections: RawConnection[] = [];

  constructor() {
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
    this.lane = new Lane({
      fits: ({ path }) => path === '/invoke',
      answer: (exchange) => {
        this.exchanges.push(exchange);
        return this.answer(exchange);
      },
      handOver: (socket, bytes) => {
        this.handedOver.push(bytes);
        socket.on('error', () => {});
        socket.end('HTTP/1.1 299 Other\r\nContent-Length: 0\r\n\r\n');
      },
      onAnswered: () => this.answered++,
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  connect(): RawConnection {
    const { port } = this.#server.address() as AddressInfo;
    const connection = new RawConnection(`http://127.0.0.1:${port}`);
    this.#connections.push(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection[Symbol.dispose]();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function request(body = '{}', more = ''): string {
  return `POST /invoke HTTP/1.1\r\nHost: h\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

let it: LaneServer;
beforeEach(async () => {
  it = await new LaneServer().start();
});
afterEach(() => it[Symbol.asyncDispose]());

test('a connection carries one request after another', async () => {
  const connection = it.connect();
  for (const body of ['1', '"two"', '']) {
    const answer = await connection.send(request(body)).answer();
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'x-a': '1',
        'content-length': '2',
        connection: 'keep-alive',
        date: expect.stringContaining(' GMT'),
      },
    });
    expect(Buffer.from(answer.body, 'latin1').toString()).toBe('ü');
  }
  expect(it.exchanges.map(({ body }) => body.toString())).toEqual(['1', '"two"', '']);
  expect(it.handedOver).toEqual([]);
  expect(it.answered).toBe(3);
});

test('a body may come behind its head, in pieces', async () => {
  const connection = it.connect();
  const [head, body] = [request('[1,2,3]').slice(0, -7), '[1,2,3]'];
  connection.send(head);
  // Each piece is read by itself once the one before it has been.
  for (const piece of body) {
    const written = once(connection.socket, 'drain');
    if (connection.socket.write(piece)) connection.socket.emit('drain');
    await written;
  }
  expect((await connection.answer()).status).toBe(200);
  expect(it.exchanges[0]!.body.toString()).toBe(body);
});

test('large answers come whole', async () => {
  it.answer = async () => ({ ...OK, body: Buffer.alloc(3_000_000, 'x') });
  const { body } = await it.connect().send(request()).answer();
  expect(body).toBe('x'.repeat(3_000_000));
});

test('what is not plain is handed over with all of its bytes, whatever the connection has carried before', async () => {
  const connection = it.connect();
  expect((await connection.send(request()).answer()).status).toBe(200);
  const other = request('{}', 'Expect: 100-continue\r\n');
  expect((await connection.send(other).answer()).status).toBe(299);
  expect(it.handedOver.map(String)).toEqual([other]);
});

test('so is one that does not fit, though its body has not come', async () => {
  const other = request().replace('/invoke', '/other').slice(0, -1);
  expect((await it.connect().send(other).answer()).status).toBe(299);
  expect(it.handedOver.map(String)).toEqual([other]);
});

test('a request that does not wait for the answer before it gets its own after that', async () => {
  const first = deferred<LaneAnswer>();
  it.answer = () => first.promise;
  const connection = it.connect().send(request('1'));
  await expect.poll(() => it.lane.busy).toBe(1);
  connection.send(request('2'));
  first.resolve(OK);
  expect((await connection.answer()).status).toBe(200);
  expect((await connection.answer()).status).toBe(200);
  expect(it.exchanges.map(({ body }) => body.toString())).toEqual(['1', '2']);
});

test('a client that has gone away is noticed, and nobody answered', async () => {
  const never = deferred<LaneAnswer>();
  it.answer = () => never.promise;
  const connection = it.connect().send(request());
  await expect.poll(() => it.exchanges.length).toBe(1);
  const { signal } = it.exchanges[0]!;
  expect(signal.aborted).toBe(false);
  connection[Symbol.dispose]();
  await expect.poll(() => signal.aborted).toBe(true);
  expect(it.lane.busy).toBe(0);
  never.resolve(OK);
});

test('who asks only later whether the client is there learns that it has gone', async () => {
  it.answer = () => deferred<LaneAnswer>().promise;
  const connection = it.connect().send(request());
  await expect.poll(() => it.lane.busy).toBe(1);
  connection[Symbol.dispose]();
  await expect.poll(() => it.lane.busy).toBe(0);
  expect(it.exchanges[0]!.signal.aborted).toBe(true);
});

test('closing ends idle connections at once and the others with their answer', async () => {
  const answer = deferred<LaneAnswer>();
  const idle = it.connect();
  expect((await idle.send(request()).answer()).status).toBe(200);
  it.answer = () => answer.promise;
  const busy = it.connect().send(request());
  await expect.poll(() => it.lane.busy).toBe(1);
  it.lane.close();
  await idle.closed;
  answer.resolve(OK);
  expect((await busy.answer()).headers.connection).toBe('close');
  await busy.closed;
  expect(it.lane.busy).toBe(0);
  const late = it.connect();
  await late.closed;
});
