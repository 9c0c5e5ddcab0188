import { whenIdle } from './before-exit.mjs';
import { ConnectionLost } from './connection.mjs';
import { Log } from './console.mjs';
import { CallbackHandlerDeprecated, UnhandledPromiseRejection } from './errors.mjs';
import { Runtime } from './invoke-loop.mjs';
import { loadHandler } from './load-handler.mjs';
import { PromiseRuntime } from './promise-loop.mjs';
import { RuntimeApi } from './runtime-api.mjs';
import { showTaskRootAs } from './shown-paths.mjs';
import { inspect } from './streaming-handlers.mjs';

const PROMISES_ONLY = 24;
const CALLBACKS_REMOVED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';
const CALLBACKS_WILL_BE_REMOVED =
  'AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.';

/** Loads the function that the environment names and handles its invocations until the Runtime API goes away. */
export async function start() {
  const settings = takeSettings();
  const promisesOnly = settings.version >= PROMISES_ONLY;
  const log = new Log({ ...settings.log, noRequestId: promisesOnly ? '-' : undefined });
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API, settings.eventsDescriptor);
  const onFatal = new FatalErrors(api, log);
  whenIdle.install();
  try {
    const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER ?? '', {
      exportsOfDefault: promisesOnly,
    });
    const kind = inspect(handler);
    if (promisesOnly && kind.takesCallback) throw new CallbackHandlerDeprecated(CALLBACKS_REMOVED);
    if (!promisesOnly) warnOfCallbacks(kind);
    const Loop = promisesOnly ? PromiseRuntime : Runtime;
    new Loop({ api, log, handler, kind, onFatal }).start();
  } catch (error) {
    adviseOnSdk(error);
    onFatal.uncaught(error);
  }
}

/** What is always there on AWS may be missing on this machine; only the log says so, the error stays AWS's. */
function adviseOnSdk(error) {
  const [, name] = /Cannot find (?:module|package) '(@(?:aws-sdk|smithy)\/[^'/]+)/.exec(error?.message) ?? [];
  if (name === undefined) return;
  console.warn(
    `On AWS ${name} is part of the runtime. Here it is not installed: run "npm install ${name}" beside the function's code, or have NODE_PATH name a node_modules folder that holds it.`,
  );
}

/** Reads what is meant for the runtime, and takes from the environment what user code does not find there on AWS either. */
function takeSettings() {
  const { env } = process;
  if (env.LAMBDOCK_SHOWN_TASK_ROOT) showTaskRootAs(env.LAMBDA_TASK_ROOT, env.LAMBDOCK_SHOWN_TASK_ROOT);
  const descriptor = env._LAMBDA_TELEMETRY_LOG_FD;
  const eventsDescriptor = env.LAMBDOCK_EVENTS_FD;
  delete env._LAMBDA_TELEMETRY_LOG_FD;
  for (const name of Object.keys(env)) if (name.startsWith('LAMBDOCK_')) delete env[name];
  return {
    version: Number(
      /nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? '')?.[1] ?? process.versions.node.split('.')[0],
    ),
    eventsDescriptor: eventsDescriptor === undefined ? undefined : Number(eventsDescriptor),
    log: {
      json: env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON',
      level: env.AWS_LAMBDA_LOG_LEVEL,
      descriptor: descriptor === undefined ? undefined : Number(descriptor),
    },
  };
}

function warnOfCallbacks({ parameters, isAsync, streaming }) {
  if (process.env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING !== undefined) return;
  if (parameters === 3 && !isAsync && !streaming) console.warn(CALLBACKS_WILL_BE_REMOVED);
}

/** Errors that nobody catches end the process, with the codes that AWS's runtime has for them. */
class FatalErrors {
  /** The id of the invocation that they are told of; before the first one they are errors of init. */
  invocation;
  #api;
  #log;

  constructor(api, log) {
    this.#api = api;
    this.#log = log;
    process.on('uncaughtException', (error) => this.uncaught(error));
    process.on('unhandledRejection', (reason, promise) => {
      const error = new UnhandledPromiseRejection(reason, promise);
      log.error('Unhandled Promise Rejection', error);
      this.#end(error, 128);
    });
  }

  uncaught(error) {
    this.#log.error('Uncaught Exception', error);
    this.#end(error, 129);
  }

  /** The loop itself has failed, most likely because there is nobody left to talk to. */
  broken(error) {
    if (error instanceof ConnectionLost) process.exit(0);
    console.log(`Unexpected Top Level Error: ${error.toString()}`);
    this.#end(error, 129);
  }

  #end(error, code) {
    const exit = () => process.exit(code);
    const told =
      this.invocation === undefined ? this.#api.failInit(error) : this.#api.fail(this.invocation, error);
    told.then(exit, exit);
  }
}
