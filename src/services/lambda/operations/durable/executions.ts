import type {
  GetDurableExecutionCommandInput,
  GetDurableExecutionCommandOutput,
  GetDurableExecutionHistoryCommandInput,
  GetDurableExecutionHistoryCommandOutput,
  ListDurableExecutionsByFunctionCommandInput,
  ListDurableExecutionsByFunctionCommandOutput,
  StopDurableExecutionCommandInput,
  StopDurableExecutionCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../../aws/call.ts';
import type { Operation } from '../../../../aws/service.ts';
import { executionArn, parseExecutionArn } from '../../durable/execution-arn.ts';
import type { ExecutionRecord } from '../../durable/records.ts';
import { showEvent, showExecution } from '../../durable/show.ts';
import { checkError } from '../../durable/update-checks.ts';
import { invalidParameter, notFound } from '../../errors.ts';
import type { Lambda } from '../../lambda.ts';
import { findVersion } from '../../lookup.ts';
import { readOpaque, writeOpaque } from '../../opaque.ts';

const USUAL_ITEMS = 100;

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html */
export function getDurableExecution(
  lambda: Lambda,
): Operation<GetDurableExecutionCommandInput, GetDurableExecutionCommandOutput> {
  return ({ DurableExecutionArn, IncludeExecutionData = true }, call) => {
    const record = findExecution(lambda, DurableExecutionArn!, call);
    const { executions } = lambda.durable.stores;
    const { result, error } = executions.outcome(record.key);
    const data = { InputPayload: executions.input(record.key), Result: result, Error: error };
    return {
      ...showExecution(record),
      ...(IncludeExecutionData ? data : {}),
      Version: record.version,
      TraceHeader: record.traceHeader === undefined ? undefined : { XAmznTraceId: record.traceHeader },
      ExecutionDataIncluded: IncludeExecutionData,
      DurableConfig: record.config,
    } as Omit<GetDurableExecutionCommandOutput, '$metadata'>;
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionHistory.html */
export function getDurableExecutionHistory(
  lambda: Lambda,
): Operation<GetDurableExecutionHistoryCommandInput, GetDurableExecutionHistoryCommandOutput> {
  return (
    { DurableExecutionArn, IncludeExecutionData = true, MaxItems, Marker, ReverseOrder = false },
    call,
  ) => {
    const { key } = findExecution(lambda, DurableExecutionArn!, call);
    const items = MaxItems || USUAL_ITEMS;
    const from = Marker ? readNumbers(Marker, 1)[0] : undefined;
    const events = lambda.durable.stores.operations.events(key, from, items + 1, ReverseOrder);
    const shown = events.slice(0, items);
    return {
      Events: shown.map((event) => showEvent(event, IncludeExecutionData)),
      NextMarker: events.length > items ? writeOpaque(shown.at(-1)!.EventId!) : undefined,
    };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html */
export function listDurableExecutionsByFunction(
  lambda: Lambda,
): Operation<ListDurableExecutionsByFunctionCommandInput, ListDurableExecutionsByFunctionCommandOutput> {
  return (input, call) => {
    const { ref, record } = findVersion(lambda, input, call, 'ListDurableExecutionsByFunction');
    const { MaxItems, Marker, Statuses, DurableExecutionName, StartedAfter, StartedBefore } = input;
    const items = MaxItems || USUAL_ITEMS;
    const [started, key] = Marker ? readNumbers(Marker, 2) : [];
    const found = lambda.durable.stores.executions.list(ref, {
      version: ref.qualifier === undefined ? undefined : record.version,
      name: DurableExecutionName,
      statuses: Statuses,
      after: StartedAfter?.getTime(),
      before: StartedBefore?.getTime(),
      behind: started === undefined || key === undefined ? undefined : { started, key },
      oldestFirst: input.ReverseOrder ?? false,
      limit: items + 1,
    });
    const shown = found.slice(0, items);
    const last = shown.at(-1);
    return {
      DurableExecutions: shown.map(showExecution),
      NextMarker: last && found.length > items ? writeOpaque(last.started, last.key) : undefined,
    };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_StopDurableExecution.html */
export function stopDurableExecution(
  lambda: Lambda,
): Operation<StopDurableExecutionCommandInput, StopDurableExecutionCommandOutput> {
  return ({ DurableExecutionArn, Error: error }, call) => {
    if (error) checkError(error);
    const { key, ended } = findExecution(lambda, DurableExecutionArn!, call);
    if (ended !== undefined) return { StopTimestamp: new Date(ended) };
    const { engine } = lambda.durable;
    const now = engine.change(key, (edit, after) => {
      engine.conclude(edit, after, 'STOPPED', { error });
      return edit.now;
    });
    return { StopTimestamp: new Date(now!) };
  };
}

/** @throws ResourceNotFoundException */
function findExecution({ durable }: Lambda, arn: string, { account, region }: Call): ExecutionRecord {
  const named = parseExecutionArn(arn);
  const record = named && durable.stores.executions.byId(named.id);
  const isOwn = record?.ref.scope.account === account && record.ref.scope.region === region;
  if (!record || !isOwn || executionArn(record) !== arn) throw notFound('Durable Execution does not exist');
  return record;
}

/** @throws InvalidParameterValueException for another list's, too */
function readNumbers(marker: string, count: number): number[] {
  const parts = readOpaque(marker);
  if (parts.length === count && parts.every((each) => typeof each === 'number')) return parts;
  throw invalidParameter('Invalid marker');
}
