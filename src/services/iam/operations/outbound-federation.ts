import {
  type DisableOutboundWebIdentityFederationCommandInput,
  type EnableOutboundWebIdentityFederationCommandInput,
  type EnableOutboundWebIdentityFederationCommandOutput,
  FeatureDisabledException,
  FeatureEnabledException,
  type GetOutboundWebIdentityFederationInfoCommandInput,
  type GetOutboundWebIdentityFederationInfoCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { homeOf } from '../home.ts';
import type { TokenIssuers } from '../outbound/token-issuers.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html */
export function outboundOperations(issuers: TokenIssuers) {
  return {
    EnableOutboundWebIdentityFederation: enable(issuers),
    DisableOutboundWebIdentityFederation: disable(issuers),
    GetOutboundWebIdentityFederationInfo: info(issuers),
  };
}

function enable(
  issuers: TokenIssuers,
): Operation<
  EnableOutboundWebIdentityFederationCommandInput,
  EnableOutboundWebIdentityFederationCommandOutput
> {
  return async (_input, call) => {
    const issuer = await issuers.enable(homeOf(call));
    if (issuer) return { IssuerIdentifier: issuer.url };
    const message = 'Outbound web identity federation is already enabled for your account.';
    throw new FeatureEnabledException({ message, $metadata: {} });
  };
}

function disable(issuers: TokenIssuers): Operation<DisableOutboundWebIdentityFederationCommandInput, object> {
  return (_input, call) => {
    if (!issuers.disable(homeOf(call))) throw isDisabled();
    return {};
  };
}

function info(
  issuers: TokenIssuers,
): Operation<
  GetOutboundWebIdentityFederationInfoCommandInput,
  GetOutboundWebIdentityFederationInfoCommandOutput
> {
  return (_input, call) => {
    const issuer = issuers.of(homeOf(call));
    if (!issuer) throw isDisabled();
    return { IssuerIdentifier: issuer.url, JwtVendingEnabled: true };
  };
}

function isDisabled(): FeatureDisabledException {
  const message = 'Outbound web identity federation is disabled for your account.';
  return new FeatureDisabledException({ message, $metadata: {} });
}
