const PREFIX = 'LAMBDOCK_AGENT_';

/** Takes the agent's own variables out of the environment; what is left is the function's. */
export function readSettings(env) {
  const own = (name, fallback) => env[PREFIX + name] || fallback;
  const token = own('TOKEN');
  if (!token) {
    process.stderr.write(`${PREFIX}TOKEN is not set: without it nobody may talk to this agent\n`);
    process.exit(2);
  }
  return {
    token,
    host: own('HOST', '0.0.0.0'),
    port: Number(own('PORT', 8079)),
    ports: readRange(own('PORTS')),
    spare: own('SPARE') === '1',
    orphanAfter: Number(own('ORPHAN_SECONDS', 600)) * 1000,
    grace: Number(own('GRACE_MS', 2000)),
    childEnv: Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(PREFIX))),
  };
}

/** `8080-8083`; undefined: any port there is. */
function readRange(text) {
  if (!text) return undefined;
  const [first, last = first] = text.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
