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
import { type EventSourceKind, kindOf, rulesOf } from '../event-source-kinds.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn } from '../names.ts';
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
    const kind = kindOf(input);
    checkNewMapping(kind, input);
    const target = lookUp(lambda, input, call, 'CreateEventSourceMapping');
    const FunctionArn = arnOfFunction(target);
    const same = eventSources
      .list(call)
      .find(({ shown, phase }) => phase !== 'Deleting' && isSame(shown, input, FunctionArn));
    if (same) throw alreadyMapped(kind, input, target, same);
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
      shown: newSettings(kind, input, FunctionArn, arn),
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
    checkSettings(before.kind, { ...keptBatch(before), ...settings });
    const shown = { ...before.shown, ...given(settings) };
    if (FunctionName !== undefined) {
      shown.FunctionArn = arnOfFunction(lookUp(lambda, { FunctionName }, call, 'UpdateEventSourceMapping'));
    }
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

function isSame(
  shown: MappingRecord['shown'],
  input: CreateEventSourceMappingRequest,
  FunctionArn: string,
): boolean {
  if (shown.FunctionArn !== FunctionArn || shown.EventSourceArn !== input.EventSourceArn) return false;
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return (
    same(shown.SelfManagedEventSource, input.SelfManagedEventSource) &&
    same(shown.Topics, input.Topics) &&
    same(shown.Queues, input.Queues)
  );
}

function alreadyMapped(
  kind: EventSourceKind,
  { EventSourceArn }: CreateEventSourceMappingRequest,
  { ref }: Target,
  { id }: MappingRecord,
): Error {
  const rest = `Please update or delete the existing mapping with UUID ${id}`;
  if (kind === 'sqs' || kind === 'sqs-fifo') {
    return conflict(
      `An event source mapping with SQS arn (" ${EventSourceArn} ") and function (" ${ref.name} ") already exists. ${rest}`,
    );
  }
  return conflict(
    `The event source arn (" ${EventSourceArn} ") and function (" ${ref.name} ") provided mapping already exists. ${rest}`,
  );
}

function newSettings(
  kind: EventSourceKind,
  input: CreateEventSourceMappingRequest,
  FunctionArn: string,
  EventSourceMappingArn: string,
): MappingRecord['shown'] {
  const { FunctionName: _, Enabled: __, Tags: ___, StartingPositionTimestamp: ____, ...settings } = input;
  const { defaults, batchSize, reason } = rulesOf(kind);
  const consumer = { ConsumerGroupId: randomUUID() };
  return {
    BatchSize: batchSize.usual,
    ...defaults,
    ...(kind === 'msk' ? { AmazonManagedKafkaEventSourceConfig: consumer } : {}),
    ...(kind === 'kafka' ? { SelfManagedKafkaEventSourceConfig: consumer } : {}),
    ...given(settings),
    FunctionArn,
    EventSourceMappingArn,
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
function keptBatch({ shown: { BatchSize, MaximumBatchingWindowInSeconds }, kind }: MappingRecord) {
  return kind === 'sqs' ? { BatchSize, MaximumBatchingWindowInSeconds } : { BatchSize };
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
