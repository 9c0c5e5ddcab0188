import type net from 'node:net';
import { expect, test } from 'vitest';
import type { UpstreamConnection } from '../../../src/balancer/upstream-connection.ts';
import { type PoolClient, UpstreamPool } from '../../../src/balancer/upstream-pool.ts';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { eventually } from '../../support/patience.ts';
import { serveRaw } from './support.ts';

class Client implements PoolClient {
  connection: UpstreamConnection | undefined;
  readonly events: string[] = [];

  onConnection(connection: UpstreamConnection): void {
    this.connection = connection;
    this.events.push('given');
  }
  onRefused(): void {
    this.events.push('refused');
  }
  onConnected(): void {
    this.events.push('connected');
  }
  onData(): boolean {
    this.events.push('data');
    return true;
  }
  onDrain(): void {}
  onEnd(): void {
    this.events.push('end');
  }
  onClosed(): void {
    this.events.push('closed');
  }
}

async function startPool(options: { maxConnections?: number } = {}) {
  const clock = new ManualClock();
  const sockets: net.Socket[] = [];
  const port = await serveRaw((socket) => {
    sockets.push(socket);
    socket.resume();
  });
  const pool = new UpstreamPool({ clock, port, idleLimit: 1000, ...options });
  const connect = async () => {
    const client = new Client();
    pool.acquire(client);
    await eventually(() => client.connection?.connected === true);
    return client;
  };
  return { clock, sockets, pool, connect };
}

test('the connection used last is used next', async () => {
  const { pool, connect } = await startPool();
  const [first, second] = [await connect(), await connect()];
  pool.release(first.connection!);
  pool.release(second.connection!);
  expect((await connect()).connection).toBe(second.connection);
  expect((await connect()).connection).toBe(first.connection);
  await pool.destroy();
});

test('unused connections close after their time, oldest first', async () => {
  const { clock, pool, connect } = await startPool();
  const [first, second] = [await connect(), await connect()];
  pool.release(first.connection!);
  await clock.advance(600);
  pool.release(second.connection!);
  expect(pool.counts).toEqual({ open: 2, idle: 2, waiting: 0 });
  await clock.advance(500);
  await eventually(() => pool.counts.open === 1);
  expect((await connect()).connection).toBe(second.connection);
  pool.release(second.connection!);
  await clock.advance(2000);
  await eventually(() => pool.counts.open === 0);
  expect(clock.pending).toBe(0);
});

test('beyond the maximum clients wait in line, first come first served', async () => {
  const { pool, connect } = await startPool({ maxConnections: 1 });
  const first = await connect();
  const [second, third, fourth] = [new Client(), new Client(), new Client()];
  for (const client of [second, third, fourth]) pool.acquire(client);
  expect(pool.counts).toEqual({ open: 1, idle: 0, waiting: 3 });
  pool.cancel(third);
  pool.release(first.connection!);
  expect(second.connection).toBe(first.connection);
  pool.discard(second.connection!);
  await eventually(() => fourth.connection !== undefined);
  expect(fourth.connection).not.toBe(first.connection);
  expect(third.events).toEqual([]);
  await pool.destroy();
});

test('a fresh connection is made beside unused ones, also at the maximum', async () => {
  const { pool, connect } = await startPool({ maxConnections: 1 });
  const first = await connect();
  pool.release(first.connection!);
  const second = new Client();
  pool.acquire(second, true);
  await eventually(() => second.connection?.connected === true);
  expect(second.connection).not.toBe(first.connection);
  expect(second.connection?.reused).toBe(false);
  await pool.destroy();
});

test('a connection that the upstream closed is not given out', async () => {
  const { pool, sockets, connect } = await startPool();
  const first = await connect();
  pool.release(first.connection!);
  sockets[0]!.end();
  await eventually(() => pool.counts.open === 0);
  expect((await connect()).connection).not.toBe(first.connection);
  await pool.destroy();
});

test('closing ends unused connections at once and busy ones when they are done', async () => {
  const { clock, pool, sockets, connect } = await startPool();
  const [idle, busy] = [await connect(), await connect()];
  pool.release(idle.connection!);
  let closed = false;
  const closing = pool.close().then(() => {
    closed = true;
  });
  await eventually(() => pool.counts.open === 1);
  const late = new Client();
  pool.acquire(late);
  expect(late.events).toEqual(['refused']);
  expect(closed).toBe(false);
  pool.release(busy.connection!);
  await closing;
  expect(pool.counts).toEqual({ open: 0, idle: 0, waiting: 0 });
  await eventually(() => sockets.every((socket) => socket.destroyed));
  expect(clock.pending).toBe(0);
});

test('destroying ends busy connections too and refuses those who wait', async () => {
  const { pool, connect } = await startPool({ maxConnections: 1 });
  const busy = await connect();
  const waiting = new Client();
  pool.acquire(waiting);
  await pool.destroy();
  expect(busy.events).toContain('closed');
  expect(waiting.events).toEqual(['refused']);
  expect(pool.counts).toEqual({ open: 0, idle: 0, waiting: 0 });
});

test('closing an unused pool is immediate, and may be repeated', async () => {
  const { pool } = await startPool();
  await pool.close();
  await pool.close();
  await pool.destroy();
});
