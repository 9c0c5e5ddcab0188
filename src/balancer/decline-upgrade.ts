import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { connectionNames } from './field-table.ts';

/**
 * Serves a request as an ordinary one although it offers to switch protocols, which a server may always do (RFC 9110,
 * section 7.8). A Node server that listens for `upgrade` gets every such request there, also the offers of HTTP/2 that
 * Java's HttpClient and `curl --http2` add to plain requests; this gives one back to the server, body included.
 */
export function declineUpgrade(server: Server, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = req;
  const dropped = connectionNames(rawHeaders);
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (name === 'connection' || name === 'upgrade' || dropped?.has(name)) continue;
    text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }
  if (head.length > 0) socket.unshift(head);
  socket.unshift(Buffer.from(`${text}\r\n`, 'latin1'));
  server.emit('connection', socket);
}
