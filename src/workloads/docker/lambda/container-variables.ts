import { fixedVariables } from '../../../execution/environments/environment-variables.ts';
import type { Session } from '../../../execution/environments/site.ts';
import type { ContainerBlueprint } from './container-blueprint.ts';

/** The variables of a container's programs, beside those of its image. */
export interface ContainerVariables {
  runtime: Record<string, string>;
  extensions: Record<string, string>;
}

/**
 * As for processes, see `runtimeVariables`. `api` and `session.endpointUrl` are addresses as containers know them.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function containerVariables(
  { fn, defaults, own, frames }: ContainerBlueprint,
  session: Session,
  api: string,
): ContainerVariables {
  const { applicationLevel } = fn.logging;
  const all = {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ENDPOINT_URL: session.endpointUrl,
    ...defaults,
    ...(applicationLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: applicationLevel }),
    ...fn.environment,
    ...fixedVariables(fn, { ...session, api }),
  };
  return {
    // Frames go where lines go: a container has no other descriptor that we could read from.
    runtime: { ...all, ...own, ...(frames ? { _LAMBDA_TELEMETRY_LOG_FD: '1' } : {}) },
    extensions: all,
  };
}
