import { randomBytes, X509Certificate } from 'node:crypto';
import {
  type DeleteSigningCertificateCommandInput,
  DuplicateCertificateException,
  type ListSigningCertificatesCommandInput,
  type ListSigningCertificatesCommandOutput,
  MalformedCertificateException,
  type SigningCertificate as SigningCertificateShape,
  type UpdateSigningCertificateCommandInput,
  type UploadSigningCertificateCommandInput,
  type UploadSigningCertificateCommandOutput,
} from '@aws-sdk/client-iam';
import { base32 } from '../../../aws/access-key.ts';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { userOf } from '../calling-user.ts';
import { noSuchEntity, quotaExceeded } from '../errors.ts';
import { homeOf } from '../home.ts';
import { type Iam, wholeSeconds } from '../iam.ts';
import { pageOf } from '../paging.ts';
import { statusOf } from '../status.ts';
import type { SigningCertificate, User } from '../store/model.ts';

const MOST_CERTIFICATES = 2;

export function uploadSigningCertificate(
  iam: Iam,
): Operation<UploadSigningCertificateCommandInput, UploadSigningCertificateCommandOutput> {
  const { signingCertificates } = iam.store;
  return ({ UserName, CertificateBody }, call) => {
    const user = userOf(iam, call, UserName);
    const body = CertificateBody!;
    checkCertificate(body);
    const others = signingCertificates.of(user);
    if (others.length >= MOST_CERTIFICATES) throw quotaExceeded('CertificatesPerUser', MOST_CERTIFICATES);
    if (others.some((certificate) => certificate.body === body)) {
      throw new DuplicateCertificateException({
        message: 'Certificate already exists for the user.',
        $metadata: {},
      });
    }
    const certificate: SigningCertificate = {
      id: base32(randomBytes(20)),
      created: wholeSeconds(call.clock.now()),
      active: true,
      body,
    };
    signingCertificates.insert(homeOf(call), user, certificate);
    return { Certificate: toShape(user, certificate) };
  };
}

export function listSigningCertificates(
  iam: Iam,
): Operation<ListSigningCertificatesCommandInput, ListSigningCertificatesCommandOutput> {
  return (input, call) => {
    const user = userOf(iam, call, input.UserName);
    const { items, rest } = pageOf(iam.store.signingCertificates.of(user), input, ({ id }) => id);
    return { Certificates: items.map((certificate) => toShape(user, certificate)), ...rest };
  };
}

export function updateSigningCertificate(iam: Iam): Operation<UpdateSigningCertificateCommandInput, object> {
  return ({ UserName, CertificateId, Status }, call) => {
    const certificate = find(iam, call, UserName, CertificateId!);
    iam.store.signingCertificates.update({ ...certificate, active: Status === 'Active' });
    return {};
  };
}

export function deleteSigningCertificate(iam: Iam): Operation<DeleteSigningCertificateCommandInput, object> {
  return ({ UserName, CertificateId }, call) => {
    iam.store.signingCertificates.remove(find(iam, call, UserName, CertificateId!));
    return {};
  };
}

function checkCertificate(body: string): void {
  try {
    new X509Certificate(body);
  } catch {
    throw new MalformedCertificateException({
      message: `Certificate ${body} is malformed.`,
      $metadata: {},
    });
  }
}

function find(iam: Iam, call: Call, name: string | undefined, id: string): SigningCertificate {
  const found = iam.store.signingCertificates.find(userOf(iam, call, name), id);
  if (!found) throw noSuchEntity(`The Certificate with id ${id} cannot be found.`);
  return found;
}

function toShape({ name }: User, { id, body, active, created }: SigningCertificate): SigningCertificateShape {
  return {
    UserName: name,
    CertificateId: id,
    CertificateBody: body,
    Status: statusOf(active),
    UploadDate: new Date(created),
  };
}
