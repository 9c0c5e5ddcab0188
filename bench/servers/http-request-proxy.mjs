// What most people write first: http.request with a keep-alive agent, and two pipes. `node … <port> <upstream port>`
import { Agent, createServer, request } from 'node:http';

const upstreamPort = Number(process.argv[3]);
const agent = new Agent({ keepAlive: true });
const server = createServer((req, res) => {
  const { url: path, method, headers } = req;
  const upstream = request(
    { host: '127.0.0.1', port: upstreamPort, path, method, headers, agent },
    (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    },
  );
  upstream.on('error', () => res.destroy());
  req.pipe(upstream);
});
server.listen(Number(process.argv[2]), '127.0.0.1');
