import { Connections } from './agent/connections.mjs';
import { ServerProcesses } from './agent/processes.mjs';
import { readSettings } from './agent/settings.mjs';

// The main process of a container: see "In a container: the agent" in docs/runtime-protocol.md.
const settings = readSettings(process.env);
const connections = new Connections(settings, (command, reply) => processes.handle(command, reply));
const processes = new ServerProcesses(settings, (event) => connections.send(event));

connections.onOrphaned = end;
process.on('SIGTERM', end);
process.on('SIGINT', end);
connections.listen();
if (settings.spare) processes.startSpare();

function end() {
  connections.close();
  processes.close(settings.grace).then(() => process.exit(0));
}
