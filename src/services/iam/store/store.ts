import type { Database } from '../../../storage/sqlite/database.ts';
import { AccessKeyTable } from './access-keys.ts';
import { CredentialTable } from './credentials.ts';
import { EntityTable } from './entities.ts';
import type {
  Group,
  InstanceProfile,
  MfaDevice,
  OidcProvider,
  Policy,
  Role,
  SamlProvider,
  ServerCertificate,
  ServiceCredential,
  SigningCertificate,
  SshKey,
  User,
} from './model.ts';
import { AttachmentTable, InlinePolicyTable, MemberTable } from './relations.ts';
import { AccountSettingsTable } from './settings.ts';

/** All that IAM keeps. */
export class IamStore {
  readonly users: EntityTable<User>;
  readonly groups: EntityTable<Group>;
  readonly roles: EntityTable<Role>;
  readonly policies: EntityTable<Policy>;
  readonly instanceProfiles: EntityTable<InstanceProfile>;
  readonly serverCertificates: EntityTable<ServerCertificate>;
  readonly oidcProviders: EntityTable<OidcProvider>;
  readonly samlProviders: EntityTable<SamlProvider>;
  readonly mfaDevices: EntityTable<MfaDevice>;
  readonly attachments: AttachmentTable;
  readonly inline: InlinePolicyTable;
  readonly members: MemberTable;
  readonly accessKeys: AccessKeyTable;
  readonly sshKeys: CredentialTable<SshKey>;
  readonly signingCertificates: CredentialTable<SigningCertificate>;
  readonly serviceCredentials: CredentialTable<ServiceCredential>;
  readonly settings: AccountSettingsTable;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.users = new EntityTable(database, 'user');
    this.groups = new EntityTable(database, 'group');
    this.roles = new EntityTable(database, 'role');
    this.policies = new EntityTable(database, 'policy');
    this.instanceProfiles = new EntityTable(database, 'instance-profile');
    this.serverCertificates = new EntityTable(database, 'server-certificate');
    this.oidcProviders = new EntityTable(database, 'oidc-provider');
    this.samlProviders = new EntityTable(database, 'saml-provider');
    this.mfaDevices = new EntityTable(database, 'mfa');
    this.attachments = new AttachmentTable(database);
    this.inline = new InlinePolicyTable(database);
    this.members = new MemberTable(database);
    this.accessKeys = new AccessKeyTable(database);
    this.sshKeys = new CredentialTable(database, 'ssh-key');
    this.signingCertificates = new CredentialTable(database, 'signing-certificate');
    this.serviceCredentials = new CredentialTable(database, 'service-credential');
    this.settings = new AccountSettingsTable(database);
  }

  /** All of what `work` writes is kept, or none. */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }
}
