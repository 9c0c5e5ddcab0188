// A handler at the other end of a socket, and nothing else: a length in four bytes and JSON, both ways.
import net from 'node:net';

const handler = async () => ({ message: 'Hello, world!' });
const socket = new net.Socket({ fd: 4 });
socket.on('data', async (bytes) => {
  const event = JSON.parse(bytes.toString('utf8', 4, 4 + bytes.readUInt32LE(0)));
  const answer = JSON.stringify(await handler(event));
  const frame = Buffer.allocUnsafe(4 + answer.length);
  frame.writeUInt32LE(answer.length, 0);
  frame.write(answer, 4, 'latin1');
  socket.write(frame);
});
