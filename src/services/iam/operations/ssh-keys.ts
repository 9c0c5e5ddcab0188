import { createHash, createPublicKey } from 'node:crypto';
import {
  type DeleteSSHPublicKeyCommandInput,
  DuplicateSSHPublicKeyException,
  type GetSSHPublicKeyCommandInput,
  type GetSSHPublicKeyCommandOutput,
  InvalidPublicKeyException,
  type ListSSHPublicKeysCommandInput,
  type ListSSHPublicKeysCommandOutput,
  type UpdateSSHPublicKeyCommandInput,
  type UploadSSHPublicKeyCommandInput,
  type UploadSSHPublicKeyCommandOutput,
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
import type { SshKey, User } from '../store/model.ts';

const MOST_KEYS = 5;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html */
export function uploadSshPublicKey(
  iam: Iam,
): Operation<UploadSSHPublicKeyCommandInput, UploadSSHPublicKeyCommandOutput> {
  const { sshKeys } = iam.store;
  return ({ UserName, SSHPublicKeyBody }, call) => {
    const home = homeOf(call);
    const user = userNamed(iam, home, UserName!);
    const body = SSHPublicKeyBody!.trim();
    const fingerprint = fingerprintOf(body);
    const others = sshKeys.of(user);
    if (others.some((key) => key.fingerprint === fingerprint)) {
      throw new DuplicateSSHPublicKeyException({
        message: 'SSH public key body already exists.',
        $metadata: {},
      });
    }
    if (others.length >= MOST_KEYS) throw quotaExceeded('SSHPublicKeysPerUser', MOST_KEYS);
    const created = wholeSeconds(call.clock.now());
    const key: SshKey = { id: newId('APKA', home.account), created, active: true, body, fingerprint };
    sshKeys.insert(home, user, key);
    return { SSHPublicKey: { ...toShape(user, key), SSHPublicKeyBody: body, Fingerprint: fingerprint } };
  };
}

export function getSshPublicKey(
  iam: Iam,
): Operation<GetSSHPublicKeyCommandInput, GetSSHPublicKeyCommandOutput> {
  return ({ UserName, SSHPublicKeyId, Encoding }, call) => {
    const { user, key } = find(iam, call, UserName!, SSHPublicKeyId!);
    const SSHPublicKeyBody = Encoding === 'PEM' ? toPem(key.body) : key.body;
    return { SSHPublicKey: { ...toShape(user, key), SSHPublicKeyBody, Fingerprint: key.fingerprint } };
  };
}

export function listSshPublicKeys(
  iam: Iam,
): Operation<ListSSHPublicKeysCommandInput, ListSSHPublicKeysCommandOutput> {
  return (input, call) => {
    const user = userOf(iam, call, input.UserName);
    const { items, rest } = pageOf(iam.store.sshKeys.of(user), input, ({ id }) => id);
    return { SSHPublicKeys: items.map((key) => toShape(user, key)), ...rest };
  };
}

export function updateSshPublicKey(iam: Iam): Operation<UpdateSSHPublicKeyCommandInput, object> {
  return ({ UserName, SSHPublicKeyId, Status }, call) => {
    const { key } = find(iam, call, UserName!, SSHPublicKeyId!);
    iam.store.sshKeys.update({ ...key, active: Status === 'Active' });
    return {};
  };
}

export function deleteSshPublicKey(iam: Iam): Operation<DeleteSSHPublicKeyCommandInput, object> {
  return ({ UserName, SSHPublicKeyId }, call) => {
    iam.store.sshKeys.remove(find(iam, call, UserName!, SSHPublicKeyId!).key);
    return {};
  };
}

function find(iam: Iam, call: Call, name: string, id: string): { user: User; key: SshKey } {
  const user = userNamed(iam, homeOf(call), name);
  const key = iam.store.sshKeys.find(user, id);
  if (!key) throw noSuchEntity(`The Public Key with id ${id} cannot be found.`);
  return { user, key };
}

function toShape({ name }: User, { id, active, created }: SshKey) {
  return {
    UserName: name,
    SSHPublicKeyId: id,
    Status: statusOf(active),
    UploadDate: new Date(created),
  };
}

/** The MD5 of the key, as ssh-keygen shows it. */
function fingerprintOf(body: string): string {
  const bytes = bytesOf(body);
  if (!bytes) throw new InvalidPublicKeyException({ message: 'Public key is invalid.', $metadata: {} });
  const digest = createHash('md5').update(bytes).digest('hex');
  return digest.match(/../g)!.join(':');
}

function bytesOf(body: string): Buffer | undefined {
  const [, kind, base64] = /^(ssh-(?:rsa|dss|ed25519))\s+([A-Za-z\d+/=]+)/.exec(body) ?? [];
  if (kind !== undefined && base64 !== undefined) {
    const bytes = Buffer.from(base64, 'base64');
    // It says its kind once more within (RFC 4253, section 6.6).
    const begins = bytes.length > 4 + kind.length && bytes.readUInt32BE(0) === kind.length;
    return begins && bytes.subarray(4).toString('latin1').startsWith(kind) ? bytes : undefined;
  }
  try {
    return createPublicKey(body).export({ type: 'spki', format: 'der' });
  } catch {
    return undefined;
  }
}

/** RSA keys in the form that AWS gives where PEM is asked for; others as they are. */
function toPem(body: string): string {
  const base64 = /^ssh-rsa\s+([A-Za-z\d+/=]+)/.exec(body)?.[1];
  if (base64 === undefined) return body;
  const bytes = Buffer.from(base64, 'base64');
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [, e, n] = parts;
  if (!e || !n) return body;
  const jwk = { kty: 'RSA', e: e.toString('base64url'), n: withoutZeros(n).toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

function withoutZeros(bytes: Buffer): Buffer {
  return bytes[0] === 0 ? bytes.subarray(1) : bytes;
}
