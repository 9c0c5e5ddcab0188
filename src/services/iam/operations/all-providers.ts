import type { Iam } from '../iam.ts';
import type { OidcProvider, SamlProvider, ServerCertificate } from '../store/model.ts';
import {
  addClientId,
  createOidcProvider,
  deleteOidcProvider,
  getOidcProvider,
  listOidcProviders,
  oidcProviderOf,
  removeClientId,
  updateThumbprint,
} from './oidc-providers.ts';
import {
  createSamlProvider,
  deleteSamlProvider,
  getSamlProvider,
  listSamlProviders,
  samlProviderOf,
  updateSamlProvider,
} from './saml-providers.ts';
import {
  deleteServerCertificate,
  getServerCertificate,
  listServerCertificates,
  serverCertificateNamed,
  updateServerCertificate,
  uploadServerCertificate,
} from './server-certificates.ts';
import { listTags, type Taggable, tag, untag } from './tags.ts';

export function providerOperations(iam: Iam) {
  const { store } = iam;
  const oidc: Taggable<{ OpenIDConnectProviderArn: string | undefined }, OidcProvider> = {
    table: store.oidcProviders,
    style: 'case-sensitive',
    find: (home, { OpenIDConnectProviderArn }) => oidcProviderOf(iam, home, OpenIDConnectProviderArn!),
  };
  const saml: Taggable<{ SAMLProviderArn: string | undefined }, SamlProvider> = {
    table: store.samlProviders,
    style: 'case-sensitive',
    find: (home, { SAMLProviderArn }) => samlProviderOf(iam, home, SAMLProviderArn!),
  };
  const certificates: Taggable<{ ServerCertificateName: string | undefined }, ServerCertificate> = {
    table: store.serverCertificates,
    style: 'case-sensitive',
    find: (home, { ServerCertificateName }) => serverCertificateNamed(iam, home, ServerCertificateName!),
  };
  return {
    CreateOpenIDConnectProvider: createOidcProvider(iam),
    GetOpenIDConnectProvider: getOidcProvider(iam),
    ListOpenIDConnectProviders: listOidcProviders(iam),
    DeleteOpenIDConnectProvider: deleteOidcProvider(iam),
    AddClientIDToOpenIDConnectProvider: addClientId(iam),
    RemoveClientIDFromOpenIDConnectProvider: removeClientId(iam),
    UpdateOpenIDConnectProviderThumbprint: updateThumbprint(iam),
    TagOpenIDConnectProvider: tag(oidc),
    UntagOpenIDConnectProvider: untag(oidc),
    ListOpenIDConnectProviderTags: listTags(oidc),
    CreateSAMLProvider: createSamlProvider(iam),
    GetSAMLProvider: getSamlProvider(iam),
    ListSAMLProviders: listSamlProviders(iam),
    UpdateSAMLProvider: updateSamlProvider(iam),
    DeleteSAMLProvider: deleteSamlProvider(iam),
    TagSAMLProvider: tag(saml),
    UntagSAMLProvider: untag(saml),
    ListSAMLProviderTags: listTags(saml),
    UploadServerCertificate: uploadServerCertificate(iam),
    GetServerCertificate: getServerCertificate(iam),
    ListServerCertificates: listServerCertificates(iam),
    UpdateServerCertificate: updateServerCertificate(iam),
    DeleteServerCertificate: deleteServerCertificate(iam),
    TagServerCertificate: tag(certificates),
    UntagServerCertificate: untag(certificates),
    ListServerCertificateTags: listTags(certificates),
  };
}
