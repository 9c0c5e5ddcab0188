// The floor of every ratio: Node's own HTTP server with the handler in it. `node bare.mjs <port>`
import { createServer } from 'node:http';

const server = createServer((_req, res) => {
  res.setHeader('content-type', 'application/json');
  res.end('{"message":"Hello, world!"}');
});
server.listen(Number(process.argv[2]), '127.0.0.1');
