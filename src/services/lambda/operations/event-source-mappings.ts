import { randomUUID } from 'node:crypto';
import {
  type CreateEventSourceMappingCommandInput,
  type CreateEventSourceMappingCommandOutput,
  type CreateEventSourceMappingRequest,
  type DeleteEventSourceMappingCommandInput,
  type DeleteEventSourceMappingCommandOutput,
  type EventSourceMappingConfiguration,
  type GetEventSourceMappingCommandInput,
  type GetEventSourceMappingCommandOutput,
  type ListEventSourceMappingsCommandInput,
  type ListEventSourceMappingsCommandOutput,
  ResourceInUseException,
  type UpdateEventSourceMappingCommandInput,
  type UpdateEventSourceMappingCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import type { Clock } from '../../../clock/clock.ts';
import { conflict, invalidParameter, notFound } from '../errors.ts';
import { checkNewMapping, checkSettings } from '../event-source-checks.ts';
import { type EventSourceKind, isKafka, isQueue, rulesOf } from '../event-source-kinds.ts';
import { checkConcurrency } from '../event-source-pollers.ts';
import type { Lambda } from '../lambda.ts';
import { arnOf, functionArn } from '../names.ts';
import { pageOf } from '../paging.ts';
import type { Resources } from '../resources.ts';
import type { MappingPhase, MappingRecord } from '../store/event-source-store.ts';
import { lookUp, mustExist, type Target } from '../targets.ts';
import { checkTags } from './tags.ts';

const LARGEST_PAGE = 100;

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export function createEventSourceMapping(
  lambda: Lambda,
  { eventSources }: Resources,
): Operation<CreateEventSourceMappingCommandInput, CreateEventSourceMappingCommandOutput> {
  return (input, call) => {
    const kind = checkNewMapping(input, call);
    const target = lookUp(lambda, input, call, 'CreateEventSourceMapping');
    const FunctionArn = arnOfFunction(target);
    checkConcurrency(input, lambda.reservedOf(target.ref));
    const same = eventSources
      .list(call)
      .find(({ shown, phase }) => phase !== 'Deleting' && isSame(shown, input, FunctionArn));
    if (same) throw alreadyMapped(kind, input, target, same.id);
    const id = randomUUID();
    const arn = `arn:${call.partition}:lambda:${call.region}:${call.account}:event-source-mapping:${id}`;
    const tags = input.Tags ?? {};
    if (Object.keys(tags).length > 0) checkTags(tags);
    const now = lambda.clock.now();
    const record: MappingRecord = {
      id,
      kind,
      enabled: input.Enabled ?? true,
      phase: 'Creating',
      until: now + lambda.transition,
      lastModified: now,
      ...(input.StartingPositionTimestamp ? { startingTime: input.StartingPositionTimestamp.getTime() } : {}),
      shown: newSettings(kind, input, { id, FunctionArn, arn }),
    };
    lambda.functions.transaction(() => {
      eventSources.put(call, record);
      lambda.tags.add(call, arn, tags);
    });
    return show(record, lambda.clock);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html */
export function updateEventSourceMapping(
  lambda: Lambda,
  { eventSources }: Resources,
): Operation<UpdateEventSourceMappingCommandInput, UpdateEventSourceMappingCommandOutput> {
  return (input, call) => {
    const before = eventSources.find(call, input.UUID!);
    if (!before) throw notThere();
    const { clock, transition } = lambda;
    if (isUnderWay(before, clock)) throw inUse('update');
    const { UUID: _, Enabled, FunctionName, ...settings } = input;
    checkSettings(before.kind, { ...keptSettings(before), ...settings });
    const shown = { ...before.shown, ...given(settings) };
    const target = lookUp(
      lambda,
      { FunctionName: FunctionName ?? before.shown.FunctionArn },
      call,
      'UpdateEventSourceMapping',
    );
    if (FunctionName !== undefined) shown.FunctionArn = arnOfFunction(target);
    checkConcurrency(settings, lambda.reservedOf(target.ref));
    const enabled = Enabled ?? before.enabled;
    const phase: MappingPhase = enabled === before.enabled ? 'Updating' : enabled ? 'Enabling' : 'Disabling';
    const now = clock.now();
    const record = { ...before, enabled, phase, until: now + transition, lastModified: now, shown };
    eventSources.put(call, record);
    return show(record, clock);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function getEventSourceMapping(
  { clock }: Lambda,
  { eventSources }: Resources,
): Operation<GetEventSourceMappingCommandInput, GetEventSourceMappingCommandOutput> {
  return (input, call) => {
    const record = eventSources.find(call, input.UUID!);
    if (!record) throw notThere();
    return show(record, clock);
  };
}

/** It goes on to be there as Deleting for a while. https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html */
export function deleteEventSourceMapping(
  lambda: Lambda,
  { eventSources }: Resources,
): Operation<DeleteEventSourceMappingCommandInput, DeleteEventSourceMappingCommandOutput> {
  return (input, call) => {
    const before = eventSources.find(call, input.UUID!);
    if (!before) throw notThere();
    const { clock, transition } = lambda;
    if (isUnderWay(before, clock)) throw inUse('delete');
    const record: MappingRecord = { ...before, phase: 'Deleting', until: clock.now() + transition };
    lambda.functions.transaction(() => {
      eventSources.put(call, record);
      lambda.tags.clear(call, before.shown.EventSourceMappingArn!);
    });
    return show(record, clock);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export function listEventSourceMappings(
  lambda: Lambda,
  { eventSources }: Resources,
): Operation<ListEventSourceMappingsCommandInput, ListEventSourceMappingsCommandOutput> {
  return (input, call) => {
    const { EventSourceArn } = input;
    const wanted = input.FunctionName === undefined ? undefined : nameWanted(lambda, input, call);
    const all = eventSources
      .list(call)
      .filter(({ shown }) => EventSourceArn === undefined || shown.EventSourceArn === EventSourceArn)
      .filter(({ shown }) => wanted === undefined || shown.FunctionArn === wanted);
    const { items, NextMarker } = pageOf(all, ({ id }) => id, input, LARGEST_PAGE);
    return { NextMarker, EventSourceMappings: items.map((record) => show(record, lambda.clock)) };
  };
}

function nameWanted(lambda: Lambda, input: ListEventSourceMappingsCommandInput, call: Call): string {
  const { ref } = mustExist(lookUp(lambda, input, call, 'ListEventSourceMappings'));
  return functionArn(ref, ref.qualifier);
}

function arnOfFunction({ ref, record }: Target): string {
  if (!record) throw invalidParameter('Function does not exist');
  return functionArn(ref, ref.qualifier);
}

/** Whether both read the same for the same function; of Kafka and MQ, where they have a topic or a queue in common. */
function isSame(
  shown: MappingRecord['shown'],
  input: CreateEventSourceMappingRequest,
  FunctionArn: string,
): boolean {
  const shared = (one: readonly string[], other: readonly string[]) =>
    one.some((item) => other.includes(item));
  const sameNames = (one: readonly string[] = [], other: readonly string[] = []) =>
    (one.length === 0 && other.length === 0) || shared(one, other);
  return (
    shown.FunctionArn === FunctionArn &&
    shared(sourcesOf(shown), sourcesOf(input)) &&
    sameNames(shown.Topics, input.Topics) &&
    sameNames(shown.Queues, input.Queues)
  );
}

/** The ARN, or the addresses of Kafka's servers. */
function sourcesOf({
  EventSourceArn,
  SelfManagedEventSource,
}: Pick<CreateEventSourceMappingRequest, 'EventSourceArn' | 'SelfManagedEventSource'>): string[] {
  if (EventSourceArn !== undefined) return [EventSourceArn];
  return SelfManagedEventSource?.Endpoints?.KAFKA_BOOTSTRAP_SERVERS ?? [];
}

function alreadyMapped(
  kind: EventSourceKind,
  input: CreateEventSourceMappingRequest,
  { ref }: Target,
  id: string,
): Error {
  const { EventSourceArn, Topics = [] } = input;
  const rest = `already exists. Please update or delete the existing mapping with UUID ${id}`;
  if (isKafka(kind)) {
    return conflict(
      `An event source mapping with event source ("${sourcesOf(input).join(',')}"), function ("${arnOf(ref)}"), topics ("${Topics.join(',')}") ${rest}`,
    );
  }
  if (isQueue(kind)) {
    return conflict(
      `An event source mapping with SQS arn (" ${EventSourceArn} ") and function (" ${ref.name} ") ${rest}`,
    );
  }
  return conflict(
    `The event source arn (" ${EventSourceArn} ") and function (" ${ref.name} ") provided mapping ${rest}`,
  );
}

function newSettings(
  kind: EventSourceKind,
  input: CreateEventSourceMappingRequest,
  { id, FunctionArn, arn }: { id: string; FunctionArn: string; arn: string },
): MappingRecord['shown'] {
  const { FunctionName: _, Enabled: __, Tags: ___, StartingPositionTimestamp: ____, ...settings } = input;
  const { defaults, usualBatch, reason } = rulesOf(kind);
  const consumer = { ConsumerGroupId: id };
  return {
    BatchSize: usualBatch,
    ...defaults,
    ...given(settings),
    ...(kind === 'msk'
      ? { AmazonManagedKafkaEventSourceConfig: { ...consumer, ...input.AmazonManagedKafkaEventSourceConfig } }
      : {}),
    ...(kind === 'kafka'
      ? { SelfManagedKafkaEventSourceConfig: { ...consumer, ...input.SelfManagedKafkaEventSourceConfig } }
      : {}),
    ...(kind === 'documentdb'
      ? { DocumentDBEventSourceConfig: { FullDocument: 'Default', ...input.DocumentDBEventSourceConfig } }
      : {}),
    FunctionArn,
    EventSourceMappingArn: arn,
    StateTransitionReason: reason,
  };
}

/** Without what is undefined, and with nothing in place of filters that are taken away. */
function given(
  settings: Partial<MappingRecord['shown']> & Pick<CreateEventSourceMappingRequest, 'DestinationConfig'>,
): Partial<MappingRecord['shown']> {
  const { FilterCriteria, KMSKeyArn, DestinationConfig, ...rest } = settings;
  const kept = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...kept,
    ...(DestinationConfig ? { DestinationConfig: { OnFailure: {}, ...DestinationConfig } } : {}),
    ...(KMSKeyArn === undefined ? {} : { KMSKeyArn: KMSKeyArn || undefined }),
    ...(FilterCriteria
      ? { FilterCriteria: FilterCriteria.Filters?.length ? FilterCriteria : undefined }
      : {}),
  };
}

/** What an update leaves as it is counts when the rest is checked. */
function keptSettings({ shown, kind }: MappingRecord) {
  if (!isQueue(kind)) return {};
  const { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig, ProvisionedPollerConfig } = shown;
  return { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig, ProvisionedPollerConfig };
}

function isUnderWay({ until }: MappingRecord, clock: Clock): boolean {
  return clock.now() < until;
}

function show(record: MappingRecord, clock: Clock): EventSourceMappingConfiguration {
  const { id, enabled, phase, lastModified, startingTime, shown } = record;
  const settled = enabled ? 'Enabled' : 'Disabled';
  return {
    UUID: id,
    ...shown,
    ...(startingTime === undefined ? {} : { StartingPositionTimestamp: new Date(startingTime) }),
    LastModified: new Date(lastModified),
    State: isUnderWay(record, clock) ? phase : settled,
  };
}

function notThere(): Error {
  return notFound('The resource you requested does not exist.');
}

function inUse(change: 'update' | 'delete'): ResourceInUseException {
  return new ResourceInUseException({
    message: `Cannot ${change} the event source mapping because it is in use.`,
    Type: 'User',
    $metadata: {},
  });
}
