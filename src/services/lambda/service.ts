import type { Service } from '../../aws/service.ts';
import { ObjectStoreUnavailable } from '../../storage/errors.ts';
import type { ServiceDependencies } from '../catalogue.ts';
import { lambdaConstraints } from './front-constraints.ts';
import { Lambda, type LambdaDependencies } from './lambda.ts';
import { MISSING_HOST } from './missing-host.ts';
import { createAlias } from './operations/create-alias.ts';
import { createFunction } from './operations/create-function.ts';
import { deleteAlias } from './operations/delete-alias.ts';
import { deleteFunction } from './operations/delete-function.ts';
import { durableOperations } from './operations/durable/durable-operations.ts';
import { getAlias } from './operations/get-alias.ts';
import { getFunction } from './operations/get-function.ts';
import { getFunctionConfiguration } from './operations/get-function-configuration.ts';
import { invoke } from './operations/invoke.ts';
import { invokeAsync } from './operations/invoke-async.ts';
import { invokeWithResponseStream } from './operations/invoke-with-response-stream.ts';
import { listAliases } from './operations/list-aliases.ts';
import { listFunctions } from './operations/list-functions.ts';
import { listVersionsByFunction } from './operations/list-versions-by-function.ts';
import { publishVersion } from './operations/publish-version.ts';
import { updateAlias } from './operations/update-alias.ts';
import { updateFunctionCode } from './operations/update-function-code.ts';
import { updateFunctionConfiguration } from './operations/update-function-configuration.ts';
import { lambdaPermission } from './permission.ts';
import { RESOURCE_LIMITS, resourceOperations } from './resource-operations.ts';
import { Resources } from './resources.ts';
import { lambdaModel } from './schemas.ts';
import { UrlAddress } from './urls/url-address.ts';
import { UrlGate } from './urls/url-gate.ts';
import { UrlHandler } from './urls/url-handler.ts';

type Loading = Omit<LambdaDependencies, 'host'> &
  Pick<ServiceDependencies, 'own' | 'host' | 'sessions' | 'identities' | 'account' | 'url' | 'strict'>;

/** The service, with what the daemon has for it. */
export function loadLambda({
  own,
  host = MISSING_HOST,
  sessions,
  identities,
  account,
  url,
  strict,
  ...dependencies
}: Loading): Service {
  const lambda = new Lambda({ host, ...dependencies });
  const resources = new Resources(lambda);
  own(lambda.packages)
    .sweep()
    .catch((error: unknown) => {
      if (!(error instanceof ObjectStoreUnavailable)) lambda.onError(error);
    });
  own(lambda.queue).start();
  own(lambda.durable.engine).start();
  const scope = { clock: lambda.clock, defaultAccount: account, sessions, identities };
  const gate = new UrlGate({ scope, rights: resources.rights, strict });
  const urls = new UrlHandler(lambda, resources.urls, gate);
  return {
    ...createLambda(lambda, resources, new UrlAddress(url)),
    serve: (req, res, foreign) => urls.handle(req, res, foreign),
  };
}

/** Lambda: functions, their versions, and all that hangs on them. */
export function createLambda(lambda: Lambda, resources: Resources, address: UrlAddress): Service {
  return {
    model: lambdaModel(),
    permission: lambdaPermission(resources, lambda.durable),
    constraints: lambdaConstraints(),
    limits: { ...FUNCTION_LIMITS, ...RESOURCE_LIMITS },
    operations: {
      ...resourceOperations(lambda, resources, address),
      ...durableOperations(lambda),
      CreateAlias: createAlias(lambda),
      CreateFunction: createFunction(lambda),
      DeleteAlias: deleteAlias(lambda),
      DeleteFunction: deleteFunction(lambda),
      GetAlias: getAlias(lambda),
      GetFunction: getFunction(lambda),
      GetFunctionConfiguration: getFunctionConfiguration(lambda),
      Invoke: invoke(lambda),
      InvokeAsync: invokeAsync(lambda),
      InvokeWithResponseStream: invokeWithResponseStream(lambda),
      ListAliases: listAliases(lambda),
      ListFunctions: listFunctions(lambda),
      ListVersionsByFunction: listVersionsByFunction(lambda),
      PublishVersion: publishVersion(lambda),
      UpdateAlias: updateAlias(lambda),
      UpdateFunctionCode: updateFunctionCode(lambda),
      UpdateFunctionConfiguration: updateFunctionConfiguration(lambda),
    },
  };
}

const FUNCTION_LIMITS: Service['limits'] = {
  CreateFunction:
    'roles, networks, file systems and keys need not exist; S3ObjectVersion is not looked at; capacity providers, tenancy and keys of durable executions are kept, without effect',
  Invoke: 'results of events go to functions only; those for other destinations are noted in the journal',
  ListFunctions: 'MasterRegion finds nothing: there is no Lambda@Edge',
};
