import { randomBytes } from 'node:crypto';
import type { Call } from '../../aws/call.ts';
import type { ParityWarnings } from '../../aws/parity-warnings.ts';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { FunctionHost } from '../../execution/function-host.ts';
import type { Journal } from '../../journal/journal.ts';
import { KeyedMutex } from '../../platform/keyed-mutex.ts';
import type { ObjectStore } from '../../storage/objects/object-store.ts';
import type { Database } from '../../storage/sqlite/database.ts';
import { SettingsTable } from '../../storage/sqlite/settings-table.ts';
import type { IamQuestions } from '../iam/questions.ts';
import { AliasRouter } from './alias-router.ts';
import type { Dispatcher } from './async/async-queue.ts';
import { type FindEventSettings, USUAL_EVENT_SETTINGS } from './async/event-settings.ts';
import { openQueue } from './async/open-queue.ts';
import { PackageStore } from './code-store.ts';
import { Durable } from './durable/durable.ts';
import { failedEvent } from './durable/durable-events.ts';
import { invalidParameter } from './errors.ts';
import { NO_LAYERS, type ResolveLayers } from './layers.ts';
import type { FunctionRef } from './names.ts';
import { AliasStore } from './store/alias-store.ts';
import type { FunctionKey } from './store/function-record.ts';
import { FunctionStore } from './store/function-store.ts';
import { TagStore } from './store/tag-store.ts';

/** What the service is made with. */
export interface LambdaDependencies {
  database: Database;
  objects: ObjectStore;
  journal: Journal;
  clock: Clock;
  /** What runs functions. */
  host: FunctionHost;
  /** What IAM knows of roles. */
  iamQuestions: Pick<IamQuestions, 'roleTrust' | 'resourceAllows'>;
  parity: ParityWarnings;
  /** A bug of ours that no request is to be told of. */
  onError(error: unknown): void;
  /** How long functions are Pending, and updates InProgress. */
  transition?: Milliseconds;
}

/** A function that was deleted. */
export interface DeletedFunction extends FunctionKey {
  /** Unqualified. */
  arn: string;
  partition: string;
}

/**
 * What else has to go when a function is deleted, or one of its versions or aliases. Runs in the transaction of the deletion, so it
 * must only write to the database.
 */
export interface Cleanup {
  functionDeleted(deleted: DeletedFunction): void;
  /** A version or an alias. */
  qualifierDeleted?(deleted: DeletedFunction, qualifier: string): void;
}

/**
 * So short that a client that asks at once finds the function ready, whose waiter would otherwise sleep for a
 * second or five.
 */
const TRANSITION: Milliseconds = 1;
const PACKAGE_OWNER = 'lambda-packages';

/** What the operations of Lambda share. Each family of things has its own store; a new one is made here. */
export class Lambda {
  readonly database: Database;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly host: FunctionHost;
  readonly roleTrust: IamQuestions['roleTrust'];
  readonly resourceAllows: IamQuestions['resourceAllows'];
  readonly parity: ParityWarnings;
  readonly onError: (error: unknown) => void;
  readonly transition: Milliseconds;
  readonly packages: PackageStore;
  readonly functions: FunctionStore;
  readonly aliases: AliasStore;
  readonly tags: TagStore;
  readonly router = new AliasRouter();
  /** Invocations of the type Event. */
  readonly queue: Dispatcher;
  readonly cleanups: Cleanup[] = [];
  /** Executions of durable functions. */
  readonly durable: Durable;
  /** To be replaced by who keeps them. */
  eventSettings: FindEventSettings = () => USUAL_EVENT_SETTINGS;
  /** Attaches a code signing configuration to a function that is being created. To be replaced as well. */
  attachSigning: (ref: FunctionRef, arn: string, call: Call) => void = () => {};
  /** Who is let in by a function's policy alone may be refused there. To be replaced as well. */
  checkInvoker: (ref: FunctionRef, call: Call) => void = () => {};
  /** An alias leads to another version. To be replaced as well. */
  aliasMoved: (key: FunctionKey) => void = () => {};
  /** Reserved concurrency. To be replaced as well. */
  reservedOf: (key: FunctionKey) => number | undefined = () => undefined;
  resolveLayers: ResolveLayers = (arns) => {
    if (arns.length === 0) return NO_LAYERS;
    throw invalidParameter(`Layer version ${arns[0]} does not exist.`);
  };

  readonly #changes = new KeyedMutex();

  constructor({
    database,
    objects,
    journal,
    clock,
    host,
    iamQuestions,
    parity,
    transition = TRANSITION,
    onError,
  }: LambdaDependencies) {
    this.database = database;
    this.journal = journal;
    this.clock = clock;
    this.host = host;
    this.roleTrust = iamQuestions.roleTrust;
    this.resourceAllows = iamQuestions.resourceAllows;
    this.parity = parity;
    this.onError = onError;
    this.transition = transition;
    const owner = packageOwner(new SettingsTable(database));
    this.packages = new PackageStore({ objects, clock, owner, onError });
    this.functions = new FunctionStore(database);
    this.aliases = new AliasStore(database);
    this.tags = new TagStore(database);
    this.packages.referencedBy((sha256) => this.functions.references(sha256));
    this.cleanups.push({ functionDeleted: ({ scope, arn }) => this.tags.clear(scope, arn) });
    this.durable = new Durable(this);
    const { queue, destinations } = openQueue(this, onError);
    this.queue = queue;
    this.durable.onFailedEvent = (execution, error) =>
      destinations.bury(...failedEvent(this.durable, execution, error));
  }

  /** Runs `change` when no other is under way for the function. */
  changing<T>({ scope: { account, region }, name }: FunctionKey, change: () => Promise<T>): Promise<T> {
    return this.#changes.run(`${account}/${region}/${name}`, change);
  }
}

/** By which this data folder knows its packages among those of others. */
function packageOwner(settings: SettingsTable): string {
  const known = settings.get(PACKAGE_OWNER);
  if (known !== undefined) return known;
  const owner = randomBytes(6).toString('hex');
  settings.set(PACKAGE_OWNER, owner);
  return owner;
}
