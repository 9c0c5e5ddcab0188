import { createHash } from 'node:crypto';
import type {
  AddClientIDToOpenIDConnectProviderCommandInput,
  CreateOpenIDConnectProviderCommandInput,
  CreateOpenIDConnectProviderCommandOutput,
  DeleteOpenIDConnectProviderCommandInput,
  GetOpenIDConnectProviderCommandInput,
  GetOpenIDConnectProviderCommandOutput,
  ListOpenIDConnectProvidersCommandInput,
  ListOpenIDConnectProvidersCommandOutput,
  RemoveClientIDFromOpenIDConnectProviderCommandInput,
  UpdateOpenIDConnectProviderThumbprintCommandInput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, invalidInput, noSuchEntity, quotaExceeded, validationError } from '../errors.ts';
import { arnOf, type Home, homeOf } from '../home.ts';
import { type Iam, wholeSeconds } from '../iam.ts';
import { tagsIfAny } from '../shapes.ts';
import type { OidcProvider } from '../store/model.ts';
import { newTags, toTags } from '../tags.ts';

const MOST_THUMBPRINTS = 5;
const MOST_CLIENTS = 100;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
export function createOidcProvider({
  store,
}: Iam): Operation<CreateOpenIDConnectProviderCommandInput, CreateOpenIDConnectProviderCommandOutput> {
  return ({ Url, ClientIDList = [], ThumbprintList, Tags }, call) => {
    const home = homeOf(call);
    const url = hostAndPath(Url!);
    const tags = newTags(Tags, 'case-sensitive');
    checkThumbprints(ThumbprintList);
    if (ClientIDList.length > MOST_CLIENTS) {
      throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', MOST_CLIENTS);
    }
    if (store.oidcProviders.find(home, url)) throw alreadyExists(`Provider with url ${Url} already exists.`);
    const provider: OidcProvider = {
      id: oidcArn(home, url),
      name: url,
      path: '/',
      created: wholeSeconds(call.clock.now()),
      tags,
      url,
      clientIds: [...new Set(ClientIDList)],
      thumbprints: ThumbprintList ?? [madeUpThumbprint(url)],
    };
    store.oidcProviders.insert(home, provider);
    return { OpenIDConnectProviderArn: oidcArn(home, url), ...tagsIfAny(tags) };
  };
}

export function getOidcProvider(
  iam: Iam,
): Operation<GetOpenIDConnectProviderCommandInput, GetOpenIDConnectProviderCommandOutput> {
  return ({ OpenIDConnectProviderArn }, call) => {
    const provider = oidcProviderOf(iam, homeOf(call), OpenIDConnectProviderArn!);
    return {
      Url: provider.url,
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: new Date(provider.created),
      Tags: toTags(provider.tags),
    };
  };
}

export function listOidcProviders({
  store,
}: Iam): Operation<ListOpenIDConnectProvidersCommandInput, ListOpenIDConnectProvidersCommandOutput> {
  return (_input, call) => {
    const home = homeOf(call);
    const list = store.oidcProviders.list(home).map(({ url }) => ({ Arn: oidcArn(home, url) }));
    return { OpenIDConnectProviderList: list };
  };
}

export function deleteOidcProvider(iam: Iam): Operation<DeleteOpenIDConnectProviderCommandInput, object> {
  return ({ OpenIDConnectProviderArn: arn }, call) => {
    const provider = find(iam, homeOf(call), arn!);
    if (!provider) throw noSuchEntity(`OpenId connect Provider ${arn} cannot be found.`);
    iam.store.oidcProviders.remove(provider);
    return {};
  };
}

/** Adding one that is there, and removing one that is not, changes nothing. */
export function addClientId(iam: Iam): Operation<AddClientIDToOpenIDConnectProviderCommandInput, object> {
  return ({ OpenIDConnectProviderArn, ClientID }, call) => {
    const provider = oidcProviderOf(iam, homeOf(call), OpenIDConnectProviderArn!);
    const clientIds = [...new Set([...provider.clientIds, ClientID!])];
    if (clientIds.length > MOST_CLIENTS) {
      throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', MOST_CLIENTS);
    }
    iam.store.oidcProviders.update({ ...provider, clientIds });
    return {};
  };
}

export function removeClientId(
  iam: Iam,
): Operation<RemoveClientIDFromOpenIDConnectProviderCommandInput, object> {
  return ({ OpenIDConnectProviderArn, ClientID }, call) => {
    const provider = oidcProviderOf(iam, homeOf(call), OpenIDConnectProviderArn!);
    const clientIds = provider.clientIds.filter((id) => id !== ClientID);
    iam.store.oidcProviders.update({ ...provider, clientIds });
    return {};
  };
}

export function updateThumbprint(
  iam: Iam,
): Operation<UpdateOpenIDConnectProviderThumbprintCommandInput, object> {
  return ({ OpenIDConnectProviderArn, ThumbprintList }, call) => {
    checkThumbprints(ThumbprintList);
    const provider = oidcProviderOf(iam, homeOf(call), OpenIDConnectProviderArn!);
    iam.store.oidcProviders.update({ ...provider, thumbprints: ThumbprintList! });
    return {};
  };
}

/** @throws NoSuchEntityException */
export function oidcProviderOf(iam: Iam, home: Home, arn: string): OidcProvider {
  const provider = find(iam, home, arn);
  if (!provider) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
}

function find({ store }: Iam, home: Home, arn: string): OidcProvider | undefined {
  const url = /^arn:[\w-]+:iam::\d{12}:oidc-provider\/(.+)$/.exec(arn)?.[1];
  const provider = url === undefined ? undefined : store.oidcProviders.find(home, url);
  return provider && oidcArn(home, provider.url) === arn ? provider : undefined;
}

function oidcArn(home: Home, url: string): string {
  return arnOf(home, 'oidc-provider', '/', url);
}

function hostAndPath(url: string): string {
  if (!url.startsWith('https://') || !URL.canParse(url)) {
    throw validationError('Invalid Open ID Connect Provider URL');
  }
  return url.slice('https://'.length);
}

function checkThumbprints(thumbprints: readonly string[] | undefined): void {
  if (thumbprints && thumbprints.length > MOST_THUMBPRINTS) {
    throw invalidInput('Thumbprint list must contain fewer than 5 entries.');
  }
}

/** AWS asks the provider for its certificate; nobody is asked here. */
function madeUpThumbprint(url: string): string {
  return createHash('sha1').update(url).digest('hex');
}
