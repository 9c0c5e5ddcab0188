import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { EventChannel } from '../../../../src/execution/runtime-api/event-channel.ts';
import { RuntimeSession } from '../../../../src/execution/runtime-api/runtime-session.ts';
import { eventually } from '../../../support/patience.ts';

describe('a channel', () => {
  const head = { requestId: 'r', deadline: 1, functionArn: 'arn', traceId: 't' };
  const frame = (kind: number, body: string) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(1 + body.length);
    return Buffer.concat([size, Buffer.from([kind]), Buffer.from(body)]);
  };

  /** The two ends of a connection, the first served by a channel. */
  async function connected() {
    const heard: string[] = [];
    const channels: EventChannel[] = [];
    const server = createServer((socket) => {
      const channel = new EventChannel(socket, {
        next: () => void heard.push('next'),
        answered: (body) => void heard.push(`answer ${body}`),
        closed: () => void heard.push('closed'),
      });
      channels.push(channel);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.setNoDelay(true).on('error', () => {});
    const received: Buffer[] = [];
    client.on('data', (bytes) => received.push(bytes));
    await eventually(() => channels.length === 1);
    return {
      heard,
      client,
      channel: channels[0]!,
      received: () => Buffer.concat(received),
      [Symbol.asyncDispose]: async () => {
        client.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  it('reads frames however they are cut', async () => {
    await using ends = await connected();
    const bytes = Buffer.concat([frame(0, ''), frame(1, '{"a":1}'), frame(1, ''), frame(0, '')]);
    for (const byte of bytes) {
      ends.client.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    ends.client.write(Buffer.concat([bytes, bytes]));
    const once = ['next', 'answer {"a":1}', 'answer ', 'next'];
    await eventually(() => ends.heard.length === 12);
    expect(ends.heard).toEqual([...once, ...once, ...once]);
  });

  it.each([0, 1, 64 * 1024, 64 * 1024 + 1, 6 * 2 ** 20])('sends an event of %i bytes', async (size) => {
    await using ends = await connected();
    ends.channel.send({ head: { ...head, clientContext: '{}' }, payload: Buffer.alloc(size, 'x') });
    const text = 'r\n1\narn\nt\n{}';
    await eventually(() => ends.received().length === 8 + text.length + size);
    const bytes = ends.received();
    expect([bytes.readUInt32LE(0), bytes.readUInt32LE(4)]).toEqual([4 + text.length + size, text.length]);
    expect(bytes.toString('latin1', 8, 8 + text.length)).toBe(text);
    expect(bytes.subarray(8 + text.length).equals(Buffer.alloc(size, 'x'))).toBe(true);
  });

  it('ends with who sends what can’t be a frame, and keeps nothing of it', async () => {
    await using ends = await connected();
    ends.client.write('GET / HTTP/1.1\r\n\r\n');
    await eventually(() => ends.heard.includes('closed'));
    expect(ends.heard).toEqual(['closed']);
  });

  it('tells once that the runtime has gone', async () => {
    await using ends = await connected();
    ends.client.destroy();
    await eventually(() => ends.heard.length > 0);
    ends.channel.send({ head, payload: Buffer.from('{}') });
    ends.channel.close();
    await new Promise(setImmediate);
    expect(ends.heard).toEqual(['closed']);
  });

  it('gives no event to a runtime that has gone with its answer', async () => {
    const sockets: Socket[] = [];
    const answers: string[] = [];
    let asked = 0;
    const session = new RuntimeSession({
      ready: () => {
        asked++;
      },
      initError: () => {},
      stream: () => undefined,
      tooLarge: () => {},
      truncated: () => {},
      answered: ({ body }) => {
        answers.push(String(body));
        sockets[0]!.destroy();
      },
    });
    const server = createServer((socket) => {
      sockets.push(socket);
      session.serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    client.write(frame(0, ''));
    await eventually(() => session.polling);
    session.deliver({ head, payload: Buffer.from('{}') });
    client.write(frame(1, '"well"'));
    await eventually(() => answers.length > 0);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    expect([answers, asked, session.polling]).toEqual([['"well"'], 1, false]);
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
