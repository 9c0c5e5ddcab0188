import { SourceFailure } from '../../../src/execution/source.ts';
import { deferred } from '../../../src/support/deferred.ts';
import type {
  ExitReason,
  LogLine,
  Workload,
  WorkloadDriver,
  WorkloadExit,
  WorkloadTemplate,
} from '../../../src/workloads/workload.ts';

/** A workload that does what the test says, when it says so. */
export class FakeWorkload implements Workload {
  readonly host = '127.0.0.1';
  readonly port = 1;
  readonly pid = undefined;
  readonly #ready = deferred<void>();
  readonly #exited = deferred<WorkloadExit>();
  stops = 0;

  constructor(init: { id: string; template: WorkloadTemplate; log: (line: LogLine) => void }) {
    this.id = init.id;
    this.template = init.template;
    this.log = init.log;
  }

  readonly id: string;
  readonly template: WorkloadTemplate;
  readonly log: (line: LogLine) => void;

  get ready() {
    return this.#ready.promise;
  }
  get exited() {
    return this.#exited.promise;
  }
  becomeReady() {
    this.#ready.resolve();
  }
  failToLoad(message: string) {
    const error = { kind: 'load', message } as const;
    this.#ready.reject(new SourceFailure(error));
    this.#exited.resolve({ reason: 'failed-load', code: null, signal: 'SIGKILL', error });
  }
  crash() {
    this.#exited.resolve({
      reason: 'exited',
      code: 1,
      signal: null,
      error: { kind: 'exit', message: 'crashed' },
    });
  }
  async responds() {
    return true;
  }
  stop(_grace: number, reason: ExitReason = 'stopped') {
    this.stops++;
    this.#ready.reject(new SourceFailure({ kind: 'exit', message: 'stopped' }));
    this.#exited.resolve({ reason, code: 0, signal: null });
    return this.exited;
  }
}

/** Starts nothing; hands the workloads to the test. */
export class FakeDriver implements WorkloadDriver {
  readonly name = 'process';
  readonly started: FakeWorkload[] = [];
  /** Become ready as soon as they are started. */
  prompt = true;

  state() {
    return { name: this.name, workloads: this.started.length, standbys: 0 };
  }
  start(template: WorkloadTemplate, log: (line: LogLine) => void) {
    const workload = new FakeWorkload({ id: `w${this.started.length + 1}`, template, log });
    this.started.push(workload);
    if (this.prompt) workload.becomeReady();
    return workload;
  }
  warm() {}
  async release() {}
  async recovered() {
    return [];
  }
  async clean() {}
  async [Symbol.asyncDispose]() {}
}

export function template(name: string): WorkloadTemplate {
  return {
    owner: 'f',
    command: [name],
    cwd: '/',
    env: {},
    readiness: { kind: 'tcp' },
    startTimeout: 1_000,
  };
}
