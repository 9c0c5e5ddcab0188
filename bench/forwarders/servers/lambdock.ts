import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { forward } from '../../../src/balancer/forward.ts';
import { UpstreamPool } from '../../../src/balancer/upstream-pool.ts';
import { RealClock } from '../../../src/clock/real-clock.ts';

const pool = new UpstreamPool({ clock: new RealClock(), port: Number(process.argv[2]) });
const server = http.createServer(async (req, res) => {
  const outcome = await forward(req, res, { pool, path: req.url!, timeout: 30_000 });
  if (outcome.kind === 'failed' && !outcome.responseStarted) res.writeHead(502).end();
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
