import { createHash } from 'node:crypto';
import { base32 } from '../../aws/access-key.ts';
import type { Principal } from '../../aws/call.ts';
import { validationError } from './errors.ts';

export interface Role {
  partition: string;
  account: string;
  /** Without its path. */
  name: string;
  id: string;
}

/** A role by its ARN. @throws WireError ValidationError, in AWS's words */
export function parseRoleArn(arn: string): Role {
  const { partition, account, resource } = parseIamArn(arn);
  const path = /^role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]{1,64})$/.exec(resource);
  if (!path) throw validationError('Request ARN is invalid');
  return { partition, account, name: path[1]!, id: roleId(arn) };
}

/** The last part of the name of a SAML provider. @throws WireError ValidationError */
export function parseSamlProviderArn(arn: string): { account: string; name: string } {
  const { account, resource } = parseIamArn(arn);
  const name = /^saml-provider\/([\w.-]+)$/.exec(resource)?.[1];
  if (name === undefined) throw validationError('Request ARN is invalid');
  return { account, name };
}

export function assumedRole({ partition, account, name, id }: Role, session: string): Principal {
  return {
    kind: 'assumed-role',
    account,
    arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${session}`,
    userId: `${id}:${session}`,
  };
}

export function federatedUser(partition: string, account: string, name: string): Principal {
  return {
    kind: 'federated-user',
    account,
    arn: `arn:${partition}:sts::${account}:federated-user/${name}`,
    userId: `${account}:${name}`,
  };
}

function parseIamArn(arn: string): { partition: string; account: string; resource: string } {
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./s.test(arn)) throw validationError(`${arn} is invalid`);
  const match = /^arn:(aws[\w-]*):iam::(\d{12}):(.+)$/s.exec(arn);
  if (!match) throw validationError('Request ARN is invalid');
  return { partition: match[1]!, account: match[2]!, resource: match[3]! };
}

/** The same role has the same id each time, as on AWS, without anyone having stored it. */
function roleId(arn: string): string {
  return `AROA${base32(createHash('sha256').update(arn).digest()).slice(0, 17)}`;
}
