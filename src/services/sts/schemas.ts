import {
  AssumeRole$,
  AssumeRoleWithSAML$,
  AssumeRoleWithWebIdentity$,
  AssumeRoot$,
  DecodeAuthorizationMessage$,
  errorTypeRegistries,
  GetAccessKeyInfo$,
  GetCallerIdentity$,
  GetDelegatedAccessToken$,
  GetFederationToken$,
  GetScopedCredentials$,
  GetSessionToken$,
  GetWebIdentityToken$,
} from '@aws-sdk/client-sts';
import { ServiceModel } from '../../aws/shapes/model.ts';
import { STS } from './identity.ts';

/** Named one by one, so that a bundle holds the schemas and nothing of the client around them. */
export function stsModel(): ServiceModel {
  const operations = [
    AssumeRole$,
    AssumeRoleWithSAML$,
    AssumeRoleWithWebIdentity$,
    AssumeRoot$,
    DecodeAuthorizationMessage$,
    GetAccessKeyInfo$,
    GetCallerIdentity$,
    GetDelegatedAccessToken$,
    GetFederationToken$,
    GetScopedCredentials$,
    GetSessionToken$,
    GetWebIdentityToken$,
  ];
  return new ServiceModel(STS, operations, errorTypeRegistries);
}
