import type { Call } from '../../aws/call.ts';
import { WireError } from '../../aws/errors.ts';
import type { Permission } from '../../aws/service.ts';
import type { Lambda } from './lambda.ts';
import { arnOf, type FunctionRef, LATEST, noPolicyAllows } from './names.ts';
import type { FunctionPolicy } from './policy.ts';
import type { AttachedStore } from './store/attached-store.ts';
import type { FunctionKey } from './store/function-record.ts';
import type { UrlRecord } from './store/url-store.ts';

/**
 * Who may invoke a function by its own policy alone: services, other accounts, and everyone who has its URL. Where the policy
 * does not let them, that is a parity warning, and with `--strict` refused as by AWS.
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export class InvokeRights {
  readonly #lambda: Lambda;
  readonly #policies: AttachedStore<FunctionPolicy>;

  constructor(lambda: Lambda, policies: AttachedStore<FunctionPolicy>) {
    this.#lambda = lambda;
    this.#policies = policies;
  }

  /** What the policies say that are about a function: its own, and that of the version or the alias that is meant. */
  policiesOf(key: FunctionKey, qualifier: string = LATEST): string[] {
    const own = this.#policies.get(key);
    const more = qualifier === LATEST ? undefined : this.#policies.get(key, qualifier);
    return [own, more].filter((policy) => policy !== undefined).map((policy) => JSON.stringify(policy));
  }

  /** @throws WireError */
  check(ref: FunctionRef, call: Call): void {
    const { parity } = this.#lambda;
    const { service, account, caller } = call;
    // With `--strict` callers of other accounts were asked for all their rights before.
    if (!service && (parity.strict || account === ref.scope.account)) return;
    const who = service ? service.principals[0] : caller.arn;
    const action = 'lambda:InvokeFunction';
    const permission = {
      action,
      resource: arnOf(ref),
      resourcePolicies: this.policiesOf(ref, ref.qualifier),
    };
    this.#require(permission, call, `allow ${action} to ${who}`, () =>
      noPolicyAllows(ref, call, 'InvokeFunction'),
    );
  }

  /** What a call by a URL needs: both, for URLs of today. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
  urlPermissions(ref: FunctionRef, authType: UrlRecord['authType']): [Permission, Permission] {
    const resourcePolicies = this.policiesOf(ref, ref.qualifier);
    const common = { resource: arnOf(ref), resourcePolicies };
    return [
      { ...common, action: 'lambda:InvokeFunctionUrl', context: { 'lambda:FunctionUrlAuthType': authType } },
      { ...common, action: 'lambda:InvokeFunction', context: { 'lambda:InvokedViaFunctionUrl': 'true' } },
    ];
  }

  /** Of a URL without signatures, or, with a call, of one that another account signed for. @throws WireError */
  checkUrl(ref: FunctionRef, authType: UrlRecord['authType'], call?: Call): void {
    const who = call ? call.caller.arn : 'everyone';
    for (const permission of this.urlPermissions(ref, authType)) {
      const [[key, value] = []] = Object.entries(permission.context ?? {});
      const allow = `allow ${permission.action} to ${who} where ${key} is ${value}`;
      this.#require(permission, call, allow, forbidden);
    }
  }

  #require(permission: Permission, call: Call | undefined, allow: string, refusal: () => Error): void {
    const { parity, resourceAllows } = this.#lambda;
    if (resourceAllows(permission, call)) return;
    const { resource } = permission;
    const action = permission.action.slice('lambda:'.length);
    const missing = `the function's policy does not ${allow}: aws lambda add-permission`;
    parity.warn({ service: 'lambda', action, resource, missing }, refusal);
  }
}

const FORBIDDEN =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

/** As a URL refuses. */
export function forbidden(): WireError {
  return new WireError('AccessDeniedException', 403, FORBIDDEN);
}
