import { randomBytes } from 'node:crypto';
import {
  type CreateServiceSpecificCredentialCommandInput,
  type CreateServiceSpecificCredentialCommandOutput,
  type DeleteServiceSpecificCredentialCommandInput,
  type ListServiceSpecificCredentialsCommandInput,
  type ListServiceSpecificCredentialsCommandOutput,
  type ResetServiceSpecificCredentialCommandInput,
  type ResetServiceSpecificCredentialCommandOutput,
  ServiceNotSupportedException,
  type ServiceSpecificCredential,
  type ServiceSpecificCredentialMetadata,
  type UpdateServiceSpecificCredentialCommandInput,
} from '@aws-sdk/client-iam';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { userOf } from '../calling-user.ts';
import { noSuchEntity, quotaExceeded } from '../errors.ts';
import { homeOf } from '../home.ts';
import { type Iam, userNamed, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { pageOf } from '../paging.ts';
import { statusOf } from '../status.ts';
import type { ServiceCredential, User } from '../store/model.ts';

const MOST_CREDENTIALS = 2;
const DAY = 86_400_000;
/** Those with a user name and a password, and those with an API key. */
const WITH_PASSWORD = new Set(['codecommit.amazonaws.com', 'cassandra.amazonaws.com']);
const WITH_API_KEY = new Set(['bedrock.amazonaws.com', 'logs.amazonaws.com', 'cloudwatch.amazonaws.com']);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html */
export function createServiceSpecificCredential(
  iam: Iam,
): Operation<CreateServiceSpecificCredentialCommandInput, CreateServiceSpecificCredentialCommandOutput> {
  const { serviceCredentials } = iam.store;
  return ({ UserName, ServiceName, CredentialAgeDays }, call) => {
    const home = homeOf(call);
    const service = ServiceName!;
    const user = userNamed(iam, home, UserName!);
    if (!WITH_PASSWORD.has(service) && !WITH_API_KEY.has(service)) throw notSupported(service);
    const others = serviceCredentials.of(user).filter((other) => other.service === service);
    if (others.length >= MOST_CREDENTIALS) {
      throw quotaExceeded('ServiceSpecificCredentialsPerUser', MOST_CREDENTIALS);
    }
    const created = wholeSeconds(call.clock.now());
    const base = `${user.name}-at-${home.account}`;
    const userName = others.some((other) => other.userName === base)
      ? `${user.name}+1-at-${home.account}`
      : base;
    const credential: ServiceCredential = {
      id: newId('ACCA', home.account),
      created,
      active: true,
      service,
      userName,
      ...(WITH_API_KEY.has(service) ? { alias: userName } : {}),
      ...(CredentialAgeDays === undefined ? {} : { expires: created + CredentialAgeDays * DAY }),
    };
    serviceCredentials.insert(home, user, credential);
    return { ServiceSpecificCredential: { ...toShape(user, credential), ...newSecret(credential) } };
  };
}

export function listServiceSpecificCredentials(
  iam: Iam,
): Operation<ListServiceSpecificCredentialsCommandInput, ListServiceSpecificCredentialsCommandOutput> {
  const { users, serviceCredentials } = iam.store;
  return (input, call) => {
    const { ServiceName, AllUsers = false } = input;
    const owner = AllUsers ? undefined : userOf(iam, call, input.UserName);
    if (ServiceName !== undefined && !WITH_PASSWORD.has(ServiceName) && !WITH_API_KEY.has(ServiceName)) {
      throw notSupported(ServiceName);
    }
    const all = owner
      ? serviceCredentials.of(owner).map((credential) => toShape(owner, credential))
      : serviceCredentials.all(homeOf(call)).flatMap((credential) => {
          const user = users.get(credential.user);
          return user ? [toShape(user, credential)] : [];
        });
    const wanted = all.filter((shape) => ServiceName === undefined || shape.ServiceName === ServiceName);
    const { items, rest } = pageOf(wanted, input, (shape) => shape.ServiceSpecificCredentialId!);
    return { ServiceSpecificCredentials: items, ...rest };
  };
}

export function updateServiceSpecificCredential(
  iam: Iam,
): Operation<UpdateServiceSpecificCredentialCommandInput, object> {
  return ({ UserName, ServiceSpecificCredentialId, Status }, call) => {
    const { credential } = find(iam, call, UserName, ServiceSpecificCredentialId!);
    iam.store.serviceCredentials.update({ ...credential, active: Status === 'Active' });
    return {};
  };
}

export function resetServiceSpecificCredential(
  iam: Iam,
): Operation<ResetServiceSpecificCredentialCommandInput, ResetServiceSpecificCredentialCommandOutput> {
  return ({ UserName, ServiceSpecificCredentialId }, call) => {
    const { user, credential } = find(iam, call, UserName, ServiceSpecificCredentialId!);
    return { ServiceSpecificCredential: { ...toShape(user, credential), ...newSecret(credential) } };
  };
}

export function deleteServiceSpecificCredential(
  iam: Iam,
): Operation<DeleteServiceSpecificCredentialCommandInput, object> {
  return ({ UserName, ServiceSpecificCredentialId }, call) => {
    const { credential } = find(iam, call, UserName, ServiceSpecificCredentialId!);
    iam.store.serviceCredentials.remove(credential);
    return {};
  };
}

/** Handed out once and not kept: no service takes it. */
function newSecret({ alias }: ServiceCredential): Partial<ServiceSpecificCredential> {
  const secret = randomBytes(33).toString('base64');
  return alias === undefined ? { ServicePassword: secret } : { ServiceCredentialSecret: secret };
}

function find(
  iam: Iam,
  call: Call,
  name: string | undefined,
  id: string,
): { user: User; credential: ServiceCredential } {
  const user = userOf(iam, call, name);
  const credential = iam.store.serviceCredentials.find(user, id);
  if (!credential) throw noSuchEntity(`No such credential ${id} exists`);
  return { user, credential };
}

function toShape(
  { name }: User,
  { id, active, created, service, userName, alias, expires }: ServiceCredential,
): ServiceSpecificCredentialMetadata {
  return {
    UserName: name,
    Status: statusOf(active),
    ...(alias === undefined ? { ServiceUserName: userName } : { ServiceCredentialAlias: alias }),
    CreateDate: new Date(created),
    ...(expires === undefined ? {} : { ExpirationDate: new Date(expires) }),
    ServiceSpecificCredentialId: id,
    ServiceName: service,
  };
}

function notSupported(service: string): ServiceNotSupportedException {
  return new ServiceNotSupportedException({
    message: `No such service ${service} is supported for Service Specific Credentials`,
    $metadata: {},
  });
}
