import type {
  CapacityProvider,
  CodeSigningConfig,
  DestinationConfig,
  FunctionScalingConfig,
  RecursiveLoop,
  UpdateRuntimeOn,
} from '@aws-sdk/client-lambda';
import { partitionOf } from '../../aws/call.ts';
import type { Milliseconds } from '../../clock/clock.ts';
import { type EventSettings, USUAL_EVENT_SETTINGS } from './async/event-settings.ts';
import type { ProvisionedRecord, ReservedRecord } from './concurrency.ts';
import { InvokeRights } from './invoke-rights.ts';
import type { DeletedFunction, Lambda } from './lambda.ts';
import { layerResolver } from './layer-resolver.ts';
import { type FunctionRef, functionArn, LATEST } from './names.ts';
import type { FunctionPolicy } from './policy.ts';
import { Provisioning } from './provisioning.ts';
import { checkSigningConfig } from './signing.ts';
import { AttachedStore } from './store/attached-store.ts';
import { EventSourceStore } from './store/event-source-store.ts';
import { ItemStore } from './store/item-store.ts';
import { LayerStore } from './store/layer-store.ts';
import { UrlStore } from './store/url-store.ts';

/** How asynchronous invocations are retried, and where their records go. */
export interface EventInvokeRecord {
  retries?: number;
  /** Seconds. */
  maximumAge?: number;
  destinations?: DestinationConfig;
  lastModified: Milliseconds;
}

export interface RuntimeManagementRecord {
  updateOn: UpdateRuntimeOn;
  versionArn?: string;
}

/** All that is neither a function nor a version nor an alias; each kind has its store. */
export class Resources {
  readonly layers: LayerStore;
  readonly policies: AttachedStore<FunctionPolicy>;
  readonly rights: InvokeRights;
  readonly concurrency: AttachedStore<ReservedRecord>;
  readonly provisioned: AttachedStore<ProvisionedRecord>;
  readonly provisioning: Provisioning;
  readonly urls: UrlStore;
  readonly eventInvoke: AttachedStore<EventInvokeRecord>;
  readonly recursion: AttachedStore<{ loop: RecursiveLoop }>;
  readonly runtimeManagement: AttachedStore<RuntimeManagementRecord>;
  readonly functionSigning: AttachedStore<{ arn: string }>;
  readonly signingConfigs: ItemStore<CodeSigningConfig>;
  readonly eventSources: EventSourceStore;
  readonly capacityProviders: ItemStore<CapacityProvider>;
  readonly scaling: AttachedStore<FunctionScalingConfig>;

  constructor(lambda: Lambda) {
    const { database, packages } = lambda;
    this.layers = new LayerStore(database);
    this.policies = new AttachedStore(database, 'lambda_policies');
    this.rights = new InvokeRights(lambda, this.policies);
    this.concurrency = new AttachedStore(database, 'lambda_concurrency');
    this.provisioned = new AttachedStore(database, 'lambda_provisioned_concurrency');
    this.provisioning = new Provisioning(lambda, this.provisioned);
    this.urls = new UrlStore(database);
    this.eventInvoke = new AttachedStore(database, 'lambda_event_invoke_configs');
    this.recursion = new AttachedStore(database, 'lambda_recursion_configs');
    this.runtimeManagement = new AttachedStore(database, 'lambda_runtime_management');
    this.functionSigning = new AttachedStore(database, 'lambda_function_signing');
    this.signingConfigs = new ItemStore(database, 'lambda_signing_configs');
    this.eventSources = new EventSourceStore(database, lambda.clock);
    this.capacityProviders = new ItemStore(database, 'lambda_capacity_providers');
    this.scaling = new AttachedStore(database, 'lambda_scaling_configs');
    packages.referencedBy((sha256) => this.layers.references(sha256));
    lambda.reservedOf = (key) => this.concurrency.get(key)?.reserved;
    lambda.aliasMoved = (key) => this.provisioning.sync(key);
    lambda.attachSigning = (ref, arn, call) => {
      checkSigningConfig(this, arn, call);
      this.functionSigning.put(ref, LATEST, { arn });
    };
    lambda.checkInvoker = (ref, call) => this.rights.check(ref, call);
    lambda.eventSettings = (ref) => eventSettingsOf(this.eventInvoke, ref);
    lambda.resolveLayers = layerResolver(this.layers, packages);
    const changed = (deleted: DeletedFunction) => queueMicrotask(() => this.#sync(lambda, deleted));
    lambda.cleanups.push({ functionDeleted: changed, qualifierDeleted: changed });
    this.#restore(lambda);
  }

  /** Tells what runs functions what is in the database, once the deletion is. */
  #sync({ host }: Lambda, { scope, name, arn }: DeletedFunction): void {
    host.setReserved(arn, this.concurrency.get({ scope, name })?.reserved);
    this.provisioning.sync({ scope, name });
  }

  /** Tells what runs functions what it was told before the daemon was stopped. */
  #restore({ host }: Lambda): void {
    for (const { key, record } of this.concurrency.all()) {
      host.setReserved(functionArn({ partition: partitionOf(key.scope.region), ...key }), record.reserved);
    }
    this.provisioning.restore();
  }
}

/** What is configured for a qualifier is for it alone, as on AWS. */
function eventSettingsOf(store: AttachedStore<EventInvokeRecord>, ref: FunctionRef): EventSettings {
  const record = store.get(ref, ref.qualifier ?? LATEST);
  if (!record) return USUAL_EVENT_SETTINGS;
  const { retries, maximumAge, destinations } = record;
  return {
    maximumRetryAttempts: retries ?? USUAL_EVENT_SETTINGS.maximumRetryAttempts,
    maximumAge: maximumAge === undefined ? USUAL_EVENT_SETTINGS.maximumAge : maximumAge * 1000,
    onSuccess: destinations?.OnSuccess?.Destination || undefined,
    onFailure: destinations?.OnFailure?.Destination || undefined,
  };
}
