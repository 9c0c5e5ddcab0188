import type { Call } from '../../aws/call.ts';
import type { Permission, PermissionOf } from '../../aws/service.ts';
import type { Durable } from './durable/durable.ts';
import { executionArn, readCallbackId } from './durable/execution-arn.ts';
import type { DurableStores } from './durable/execution-edit.ts';
import { parseLayerArn } from './layer-names.ts';
import { parseFunctionArn } from './names.ts';
import type { Resources } from './resources.ts';

type Input = Readonly<Record<string, unknown>>;

/** Operations whose right is called otherwise. */
const ACTIONS: Readonly<Record<string, string>> = {
  Invoke: 'InvokeFunction',
  InvokeAsync: 'InvokeFunction',
  InvokeWithResponseStream: 'InvokeFunction',
  GetLayerVersionByArn: 'GetLayerVersion',
  ListTags: 'ListTags',
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export function lambdaPermission(resources: Resources, { stores }: Durable): PermissionOf {
  return (operation, input: Input, call): Permission[] => {
    const action = `lambda:${ACTIONS[operation] ?? operation}`;
    const resource = executionOf(input, stores) ?? resourceOf(input, call);
    const own = { action, resource, resourcePolicies: policiesOf(resource, resources) };
    const { Role } = input;
    const passes = /^(Create|Update)Function(Configuration)?$/.test(operation) && typeof Role === 'string';
    return passes ? [own, { action: 'iam:PassRole', resource: Role }] : [own];
  };
}

/** What functions and layers say themselves of who may what. */
function policiesOf(arn: string, { rights, layers }: Resources): string[] | undefined {
  const ref = parseFunctionArn(arn);
  if (ref) return rights.policiesOf(ref, ref.qualifier);
  const layer = parseLayerArn(arn);
  if (layer?.version === undefined) return undefined;
  const policy = layers.get(layer, layer.version)?.policy;
  return policy ? [JSON.stringify(policy)] : [];
}

/** The execution that a call is about. */
function executionOf(
  { DurableExecutionArn, CallbackId }: Input,
  { executions }: DurableStores,
): string | undefined {
  if (typeof DurableExecutionArn === 'string') return DurableExecutionArn;
  const callback = typeof CallbackId === 'string' ? readCallbackId(CallbackId) : undefined;
  const record = callback && executions.byId(callback.id);
  return record && executionArn(record);
}

function resourceOf(input: Input, { partition, region, account }: Call): string {
  const text = (name: string) => (typeof input[name] === 'string' ? input[name] : undefined);
  const base = `arn:${partition}:lambda:${region}:${account}`;
  const name = text('FunctionName');
  if (name !== undefined) return functionArn(base, name, text('Qualifier'));
  const layer = text('LayerName');
  if (layer !== undefined) {
    const arn = layer.startsWith('arn:') ? layer : `${base}:layer:${layer}`;
    return input.VersionNumber === undefined ? arn : `${arn}:${String(input.VersionNumber)}`;
  }
  const mapping = text('UUID');
  if (mapping !== undefined) return `${base}:event-source-mapping:${mapping}`;
  return text('Resource') ?? text('ResourceArn') ?? text('Arn') ?? text('CodeSigningConfigArn') ?? '*';
}

/** From a name, a partial or a full ARN, with the qualifier that stands in it or beside it. */
function functionArn(base: string, name: string, beside: string | undefined): string {
  const [, own = name, inside] =
    /^(?:arn:[^:]+:lambda:[^:]*:)?(?:\d{12}:)?(?:function:)?([^:]+)(?::(.+))?$/.exec(name) ?? [];
  const prefix = /^arn:[^:]+:lambda:[^:]*:\d{12}/.exec(name)?.[0] ?? base;
  const qualifier = inside ?? beside;
  return `${prefix}:function:${own}${qualifier === undefined ? '' : `:${qualifier}`}`;
}
