// Runs one Lambda function: the `bootstrap` of an execution environment for Node.js (docs/lambda-runtimes.md).
import { awaitAssignment } from './standby.mjs';
import { start } from './start.mjs';

if (process.env.LAMBDOCK_STANDBY === '1') awaitAssignment();
start();
