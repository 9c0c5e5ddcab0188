import type { Clock } from '../clock/clock.ts';
import type { Scope } from '../storage/scope.ts';

/** Who signed a request. */
export interface Principal {
  kind: 'root' | 'user' | 'assumed-role' | 'federated-user';
  account: string;
  arn: string;
  /** As GetCallerIdentity gives it. */
  userId: string;
}

/** A service of ours that calls for something of its user's, as the policies of resources name it. */
export interface ServiceCaller {
  /** `logs.amazonaws.com`, and what else stands for it. */
  principals: readonly string[];
  /** What it calls for, and whose that is. */
  sourceArn: string;
  sourceAccount: string;
}

/** What surrounds an operation. */
export interface Call extends Scope {
  /** The first part of ARNs: `aws`, `aws-cn`, `aws-us-gov`, … */
  partition: string;
  requestId: string;
  caller: Principal;
  /** Where a service calls; `caller` is then the root of the account that is called. */
  service?: ServiceCaller | undefined;
  /** Undefined for the few operations that may be called unsigned. */
  accessKeyId: string | undefined;
  /** The token that came with temporary credentials. */
  sessionToken: string | undefined;
  /** The X-Amzn-Trace-Id header. */
  traceHeader: string | undefined;
  clock: Clock;
  /** Aborts when the client has gone away. */
  signal: AbortSignal;
}

const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
  ['eusc-', 'aws-eusc'],
];

/** The partition that a region lies in. No region is special beside its name. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}
