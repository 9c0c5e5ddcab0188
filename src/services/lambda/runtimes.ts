import { createHash } from 'node:crypto';
import { invalidParameter } from './errors.ts';

/** In the order in which AWS's messages list them. */
export const SUPPORTED_RUNTIMES: readonly string[] = [
  'nodejs20.x',
  'python3.14',
  'provided.al2023',
  'python3.15',
  'python3.12',
  'python3.13',
  'nodejs24.x',
  'nodejs22.x',
  'nodejs26.x',
  'java25',
  'python3.10',
  'python3.11',
  'java21',
  'ruby3.3',
  'ruby3.4',
  'ruby4.0',
  'ruby3.2',
  'python3.8',
  'python3.9',
  'java17.al2023',
  'java17',
  'nodejs16.x',
  'dotnet10',
  'dotnet8',
  'java8.al2023',
  'java11',
  'dotnet6',
  'nodejs18.x',
  'provided.al2',
  'java8.al2',
  'java11.al2023',
];

/** Supported no more, which AWS says of them in other words than of a name that never was one. */
const DEPRECATED = [
  'nodejs',
  'nodejs4.3',
  'nodejs4.3-edge',
  'nodejs6.10',
  'nodejs8.10',
  'nodejs10.x',
  'nodejs12.x',
  'nodejs14.x',
  'java8',
  'python2.7',
  'python3.6',
  'python3.7',
  'dotnetcore1.0',
  'dotnetcore2.0',
  'dotnetcore2.1',
  'dotnetcore3.1',
  'dotnet7',
  'ruby2.5',
  'ruby2.7',
  'provided',
];

/** Deprecated on AWS, but run here with a notice: programs for it are built as for `provided.al2`. */
const TOLERATED = ['go1.x'];

/** @throws InvalidParameterValueException in AWS's words */
export function checkRuntime(runtime: string): void {
  if (SUPPORTED_RUNTIMES.includes(runtime) || TOLERATED.includes(runtime)) return;
  if (DEPRECATED.includes(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${SUPPORTED_RUNTIMES.join(', ')}] or be a valid ARN`,
  );
}

const WITH_SNAP_START = /^(java(11|17|21|25)|python3\.1[2-9]|dotnet(8|10))$/;

/** @throws InvalidParameterValueException for a runtime without SnapStart */
export function checkSnapStart(runtime: string | undefined): void {
  if (runtime !== undefined && WITH_SNAP_START.test(runtime)) return;
  throw invalidParameter(`${runtime} is not supported for SnapStart enabled functions.`);
}

/** The version of a runtime that functions are on: one for each, which does not change. */
export function runtimeVersionArn(runtime: string, partition: string, region: string): string {
  const id = createHash('sha256').update(`lambdock ${runtime}`).digest('hex');
  return `arn:${partition}:lambda:${region}::runtime:${id}`;
}
