// undici's callback interface, the fastest one it has.
import http from 'node:http';
import { Pool } from 'undici';

const HOP_BY_HOP = /^(connection|keep-alive|transfer-encoding)$/i;
const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 64, pipelining: 1 });
const server = http.createServer((req, res) => {
  const headers = req.rawHeaders.filter((_, i, all) => !HOP_BY_HOP.test(all[i & ~1]));
  const body = req.method === 'GET' || req.method === 'HEAD' ? null : req;
  pool.dispatch(
    { path: req.url, method: req.method, headers, body },
    {
      onConnect() {},
      onError: () => res.destroy(),
      onHeaders(status, raw, resume) {
        const fields = [];
        for (let i = 0; i < raw.length; i += 2) {
          const name = raw[i].toString('latin1');
          if (!HOP_BY_HOP.test(name)) fields.push(name, raw[i + 1].toString('latin1'));
        }
        res.writeHead(status, fields);
        res.on('drain', resume);
        return true;
      },
      onData: (chunk) => res.write(chunk),
      onComplete: () => res.end(),
    },
  );
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
