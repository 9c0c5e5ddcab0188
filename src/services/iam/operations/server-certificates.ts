import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  type DeleteServerCertificateCommandInput,
  type GetServerCertificateCommandInput,
  type GetServerCertificateCommandOutput,
  KeyPairMismatchException,
  type ListServerCertificatesCommandInput,
  type ListServerCertificatesCommandOutput,
  MalformedCertificateException,
  type ServerCertificateMetadata,
  type UpdateServerCertificateCommandInput,
  type UploadServerCertificateCommandInput,
  type UploadServerCertificateCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, noSuch } from '../errors.ts';
import { arnOf, type Home, homeOf } from '../home.ts';
import { type Iam, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { pageOf } from '../paging.ts';
import { tagsIfAny } from '../shapes.ts';
import type { ServerCertificate } from '../store/model.ts';
import { newTags, toTags } from '../tags.ts';

/** The private key is compared with the certificate and not kept. */
export function uploadServerCertificate({
  store,
}: Iam): Operation<UploadServerCertificateCommandInput, UploadServerCertificateCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const { Path = '/', ServerCertificateName: name, CertificateBody, CertificateChain } = input;
    const tags = newTags(input.Tags, 'case-sensitive');
    const parsed = parseCertificate(CertificateBody!);
    if (!parsed.checkPrivateKey(parseKey(input.PrivateKey!))) {
      throw new KeyPairMismatchException({
        message: 'The private key does not match the public key of the certificate.',
        $metadata: {},
      });
    }
    if (store.serverCertificates.find(home, name!)) throw exists(name!);
    const certificate: ServerCertificate = {
      id: newId('ASCA', home.account),
      name: name!,
      path: Path,
      created: wholeSeconds(call.clock.now()),
      tags,
      body: CertificateBody!.trim(),
      chain: CertificateChain?.trim(),
      expires: Date.parse(parsed.validTo),
    };
    store.serverCertificates.insert(home, certificate);
    return { ServerCertificateMetadata: toMetadata(home, certificate), ...tagsIfAny(tags) };
  };
}

export function getServerCertificate(
  iam: Iam,
): Operation<GetServerCertificateCommandInput, GetServerCertificateCommandOutput> {
  return ({ ServerCertificateName }, call) => {
    const home = homeOf(call);
    const certificate = serverCertificateNamed(iam, home, ServerCertificateName!);
    return {
      ServerCertificate: {
        ServerCertificateMetadata: toMetadata(home, certificate),
        CertificateBody: certificate.body,
        CertificateChain: certificate.chain,
        Tags: toTags(certificate.tags),
      },
    };
  };
}

export function listServerCertificates({
  store,
}: Iam): Operation<ListServerCertificatesCommandInput, ListServerCertificatesCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const all = store.serverCertificates.list(home, input.PathPrefix);
    const { items, rest } = pageOf(all, input, ({ id }) => id);
    return { ServerCertificateMetadataList: items.map((item) => toMetadata(home, item)), ...rest };
  };
}

export function updateServerCertificate(iam: Iam): Operation<UpdateServerCertificateCommandInput, object> {
  const { serverCertificates } = iam.store;
  return ({ ServerCertificateName, NewPath, NewServerCertificateName }, call) => {
    const home = homeOf(call);
    const certificate = serverCertificateNamed(iam, home, ServerCertificateName!);
    const name = NewServerCertificateName ?? certificate.name;
    const other = serverCertificates.find(home, name);
    if (other && other.id !== certificate.id) throw exists(name);
    serverCertificates.update({ ...certificate, name, path: NewPath ?? certificate.path });
    return {};
  };
}

export function deleteServerCertificate(iam: Iam): Operation<DeleteServerCertificateCommandInput, object> {
  return ({ ServerCertificateName }, call) => {
    const certificate = serverCertificateNamed(iam, homeOf(call), ServerCertificateName!);
    iam.store.serverCertificates.remove(certificate);
    return {};
  };
}

/** @throws NoSuchEntityException */
export function serverCertificateNamed({ store }: Iam, home: Home, name: string): ServerCertificate {
  const found = store.serverCertificates.find(home, name);
  if (!found) throw noSuch('Server Certificate', name);
  return found;
}

function toMetadata(
  home: Home,
  { id, name, path, created, expires }: ServerCertificate,
): ServerCertificateMetadata {
  return {
    Path: path,
    ServerCertificateName: name,
    ServerCertificateId: id,
    Arn: arnOf(home, 'server-certificate', path, name),
    UploadDate: new Date(created),
    Expiration: new Date(expires),
  };
}

function exists(name: string) {
  return alreadyExists(`The Server Certificate with name ${name} already exists.`);
}

function parseCertificate(body: string): X509Certificate {
  try {
    return new X509Certificate(body);
  } catch {
    throw malformed('Unable to parse certificate. Please ensure the certificate is in PEM format.');
  }
}

function parseKey(key: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch {
    throw malformed('Unable to parse key. Please ensure the key is in PEM format.');
  }
}

function malformed(message: string): MalformedCertificateException {
  return new MalformedCertificateException({ message, $metadata: {} });
}
