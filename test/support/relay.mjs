// Started in another network namespace: `relay.mjs <port>`. The server it is sent keeps the namespace it was made in, so that
// who connects there reaches the port of this one.
import { connect } from 'node:net';

const port = Number(process.argv[2]);

process.once('message', (_message, server) => {
  server.on('connection', (near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  process.send('listening'); // who came before this would not be heard
});
process.once('disconnect', () => process.exit());
