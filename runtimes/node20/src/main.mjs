import { runForDaemon } from './protocol.mjs';
import { FunctionServer } from './server.mjs';
import { runInContainer } from './standalone.mjs';

const server = new FunctionServer();
if (process.env.LAMBDOCK_PROTOCOL === '1') runForDaemon(server);
else await runInContainer(server);
