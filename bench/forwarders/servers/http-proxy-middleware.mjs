import http from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';

const agent = new http.Agent({ keepAlive: true });
const proxy = createProxyMiddleware({ target: `http://127.0.0.1:${process.argv[2]}`, agent, xfwd: true });
const server = http.createServer((req, res) => proxy(req, res, () => res.destroy()));
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
