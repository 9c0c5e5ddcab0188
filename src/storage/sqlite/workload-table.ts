import type { Database, Statement } from './database.ts';

/** An operating system process that was started and may outlive a killed daemon. */
export interface WorkloadRow {
  /** The workload's id. */
  id: string;
  /** The function's id. */
  owner: string;
  pid: number;
  /** When the process began, as the operating system tells it: with `pid` it names one process for good. Opaque here. */
  startedAt: string;
}

/** What the daemon started and has not seen end, so that the next one can remove what was left behind. */
export class WorkloadTable {
  readonly #add: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #all: Statement<WorkloadRow>;

  constructor(database: Database) {
    this.#add = database.prepare(
      'INSERT OR REPLACE INTO workloads (id, owner, pid, started_at) VALUES (?, ?, ?, ?)',
    );
    this.#remove = database.prepare('DELETE FROM workloads WHERE id = ?');
    this.#all = database.prepare('SELECT id, owner, pid, started_at AS startedAt FROM workloads ORDER BY id');
  }

  /** Adding an id again replaces what was known of it. */
  add(row: WorkloadRow): void {
    this.#add.run(row.id, row.owner, row.pid, row.startedAt);
  }

  /** Removing an unknown id does nothing. */
  remove(id: string): void {
    this.#remove.run(id);
  }

  all(): WorkloadRow[] {
    return this.#all.all();
  }
}
