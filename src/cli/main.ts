#!/usr/bin/env node
import { RealClock } from '../clock/real-clock.ts';
import { processEnvironment } from '../daemon/config.ts';
import { processContext } from './process-context.ts';
import { run } from './run.ts';

const context = processContext(process, processEnvironment(), new RealClock());
// The clock's timers let the process end; a command that only waits for one of them must not.
const busy = setInterval(() => {}, 2 ** 30);
const exitCode = await run(process.argv.slice(2), context);
clearInterval(busy);
// What was written must have left before the process ends; what is still open must not keep it.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
