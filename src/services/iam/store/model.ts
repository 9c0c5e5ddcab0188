import type { LastUsed } from './access-keys.ts';
import type { UserCredential } from './credentials.ts';
import type { Bounded, Entity } from './entities.ts';

export interface StoredTag {
  key: string;
  value: string;
}

export interface Tagged {
  tags: StoredTag[];
}

export interface User extends Entity, Bounded, Tagged {
  login?: LoginProfile | undefined;
}

export interface LoginProfile {
  created: number;
  passwordHash: string;
  resetRequired: boolean;
  changed: number;
}

export type Group = Entity;

export interface Role extends Entity, Bounded, Tagged {
  trust: string;
  description?: string | undefined;
  maxSessionDuration: number;
  lastUsed?: LastUsed | undefined;
}

export interface Policy extends Entity, Tagged {
  description?: string | undefined;
  updated: number;
  defaultVersion: number;
  /** The highest number that was given out; numbers are not given twice. */
  lastVersion: number;
  /** The oldest first. */
  versions: PolicyVersion[];
}

export interface PolicyVersion {
  number: number;
  created: number;
  document: string;
}

export interface InstanceProfile extends Entity, Tagged {}

export interface ServerCertificate extends Entity, Tagged {
  body: string;
  chain?: string | undefined;
  expires: number;
}

export interface OidcProvider extends Entity, Tagged {
  url: string;
  clientIds: string[];
  thumbprints: string[];
}

export interface SamlProvider extends Entity, Tagged {
  metadata: string;
  uuid: string;
  validUntil: number;
  encryptionMode?: string | undefined;
  privateKeys: { id: string; added: number }[];
}

/** `name` is the serial number: an ARN for virtual devices. */
export interface MfaDevice extends Entity, Tagged {
  seed?: string | undefined;
  /** The id of the user; an account's own number stands for its root. */
  user?: string | undefined;
  enabled?: number | undefined;
}

export interface SshKey extends UserCredential {
  body: string;
  fingerprint: string;
}

export interface SigningCertificate extends UserCredential {
  body: string;
}

export interface ServiceCredential extends UserCredential {
  service: string;
  userName: string;
  alias?: string | undefined;
  expires?: number | undefined;
}
