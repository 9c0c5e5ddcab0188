// The floor: the handler itself, with no proxy in front.
import http from 'node:http';

const server = http.createServer((_req, res) => {
  res.setHeader('content-type', 'application/json');
  res.end('{"message":"Hello, world!"}');
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
