import type * as z from 'zod';
import type { JournalEntry } from '../../../journal/journal.ts';
import type { exchange } from '../../../platform/activity-schemas.ts';
import type {
  defaultDocument,
  fullFunction,
  functionStatus,
  listedFunction,
  runtimeDocument,
} from '../../../platform/schemas.ts';

/* The shapes of the platform API, from the schemas that the daemon checks them with. */

export type { JournalEntry };
export type ListedFunction = z.output<typeof listedFunction> & { status: ListedStatus; traffic: Traffic };
export type FullFunction = z.output<typeof fullFunction>;
export type FunctionStatus = z.output<typeof functionStatus> & { revision?: string };
export type ListedStatus = Pick<
  FunctionStatus,
  'state' | 'replicas' | 'lastReload' | 'lastError' | 'source' | 'revision'
>;
export type FunctionState = FunctionStatus['state'];
export type SourceError = NonNullable<FunctionStatus['lastError']>;
export type RuntimeDocument = z.output<typeof runtimeDocument>;
export type DefaultDocument = z.output<typeof defaultDocument>;

/** Requests of the last ten minutes, oldest first. Errors are statuses of 500 and above. */
export interface Traffic {
  periodMs: number;
  /** Where the newest period ends. */
  end: string;
  requests: number[];
  errors: number[];
}

export interface DetailedTraffic extends Traffic {
  totalMs: number[];
  slowestMs: number[];
}

export interface FunctionPage {
  lambdas: ListedFunction[];
  pages: number;
  cnt: number;
}

export interface LogLine {
  seq: number;
  time: string;
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface Health {
  ready: boolean;
  version: string;
  uptimeMs: number;
  dataDirectory: string;
  driver: { name: string; engine?: string; notice?: string };
  objects: { name: string };
  functions: number;
}

/** A request to a function and its answer, as far as the daemon keeps them. */
export type Exchange = z.output<typeof exchange>;
export type Message = Omit<Exchange['response'], 'status'>;
