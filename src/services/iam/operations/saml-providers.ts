import { randomUUID } from 'node:crypto';
import type {
  CreateSAMLProviderCommandInput,
  CreateSAMLProviderCommandOutput,
  DeleteSAMLProviderCommandInput,
  GetSAMLProviderCommandInput,
  GetSAMLProviderCommandOutput,
  ListSAMLProvidersCommandInput,
  ListSAMLProvidersCommandOutput,
  UpdateSAMLProviderCommandInput,
  UpdateSAMLProviderCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { parseXml } from '../../../aws/values/xml-parser.ts';
import { alreadyExists, invalidInput, noSuchEntity } from '../errors.ts';
import { arnOf, type Home, homeOf } from '../home.ts';
import { type Iam, wholeSeconds } from '../iam.ts';
import { tagsIfAny } from '../shapes.ts';
import type { SamlProvider } from '../store/model.ts';
import { newTags, toTags } from '../tags.ts';

const HUNDRED_YEARS = 100 * 365.25 * 86_400_000;

export function createSamlProvider({
  store,
}: Iam): Operation<CreateSAMLProviderCommandInput, CreateSAMLProviderCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const { Name, SAMLMetadataDocument, AssertionEncryptionMode, AddPrivateKey } = input;
    const tags = newTags(input.Tags, 'case-sensitive');
    const now = wholeSeconds(call.clock.now());
    const validUntil = endOf(SAMLMetadataDocument!, now);
    if (store.samlProviders.find(home, Name!)) {
      throw alreadyExists(`Provider with name ${Name} already exists.`);
    }
    const uuid = randomUUID();
    const provider: SamlProvider = {
      id: samlArn(home, Name!),
      name: Name!,
      path: '/',
      created: now,
      tags,
      metadata: SAMLMetadataDocument!,
      uuid,
      validUntil,
      encryptionMode: AssertionEncryptionMode,
      privateKeys: AddPrivateKey === undefined ? [] : [newKey(now)],
    };
    store.samlProviders.insert(home, provider);
    return { SAMLProviderArn: samlArn(home, Name!), ...tagsIfAny(tags) };
  };
}

export function getSamlProvider(
  iam: Iam,
): Operation<GetSAMLProviderCommandInput, GetSAMLProviderCommandOutput> {
  return ({ SAMLProviderArn }, call) => {
    const provider = samlProviderOf(iam, homeOf(call), SAMLProviderArn!);
    return {
      SAMLProviderUUID: provider.uuid,
      SAMLMetadataDocument: provider.metadata,
      CreateDate: new Date(provider.created),
      ValidUntil: new Date(provider.validUntil),
      Tags: toTags(provider.tags),
      AssertionEncryptionMode: (provider.encryptionMode ?? 'Allowed') as 'Allowed' | 'Required',
      PrivateKeyList: provider.privateKeys.map(({ id, added }) => ({
        KeyId: id,
        Timestamp: new Date(added),
      })),
    };
  };
}

export function listSamlProviders({
  store,
}: Iam): Operation<ListSAMLProvidersCommandInput, ListSAMLProvidersCommandOutput> {
  return (_input, call) => {
    const home = homeOf(call);
    const list = store.samlProviders.list(home).map(({ name, validUntil, created }) => ({
      Arn: samlArn(home, name),
      ValidUntil: new Date(validUntil),
      CreateDate: new Date(created),
    }));
    return { SAMLProviderList: list };
  };
}

export function updateSamlProvider(
  iam: Iam,
): Operation<UpdateSAMLProviderCommandInput, UpdateSAMLProviderCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const provider = samlProviderOf(iam, home, input.SAMLProviderArn!);
    const now = wholeSeconds(call.clock.now());
    const metadata = input.SAMLMetadataDocument;
    const kept = provider.privateKeys.filter(({ id }) => id !== input.RemovePrivateKey);
    iam.store.samlProviders.update({
      ...provider,
      ...(metadata === undefined ? {} : { metadata, validUntil: endOf(metadata, now) }),
      encryptionMode: input.AssertionEncryptionMode ?? provider.encryptionMode,
      privateKeys: input.AddPrivateKey === undefined ? kept : [...kept, newKey(now)],
    });
    return { SAMLProviderArn: samlArn(home, provider.name) };
  };
}

export function deleteSamlProvider(iam: Iam): Operation<DeleteSAMLProviderCommandInput, object> {
  return ({ SAMLProviderArn }, call) => {
    iam.store.samlProviders.remove(samlProviderOf(iam, homeOf(call), SAMLProviderArn!));
    return {};
  };
}

/** @throws NoSuchEntityException */
export function samlProviderOf({ store }: Iam, home: Home, arn: string): SamlProvider {
  const name = /^arn:[\w-]+:iam::\d{12}:saml-provider\/([\w.-]+)$/.exec(arn)?.[1];
  const provider = name === undefined ? undefined : store.samlProviders.find(home, name);
  if (!provider || samlArn(home, provider.name) !== arn) {
    throw noSuchEntity(`Manifest not found for arn ${arn}`);
  }
  return provider;
}

function samlArn(home: Home, name: string): string {
  return arnOf(home, 'saml-provider', '/', name);
}

function newKey(added: number): { id: string; added: number } {
  return { id: randomUUID().replaceAll('-', '').slice(0, 22).toUpperCase(), added };
}

/** Until when metadata are good: as they say, or else for long. */
function endOf(metadata: string, now: number): number {
  try {
    const root = parseXml(metadata);
    if (root.name.replace(/^.*:/, '') !== 'EntityDescriptor') throw new Error(root.name);
    const until = Date.parse(root.attributes.get('validUntil') ?? '');
    return Number.isNaN(until) ? now + HUNDRED_YEARS : until;
  } catch {
    throw invalidInput('Could not parse metadata');
  }
}
