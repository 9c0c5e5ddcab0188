import {
  CredentialReportExpiredException,
  CredentialReportNotPresentException,
  type GenerateCredentialReportCommandInput,
  type GenerateCredentialReportCommandOutput,
  type GetCredentialReportCommandInput,
  type GetCredentialReportCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { type Home, homeOf } from '../home.ts';
import { type Iam, userArn, wholeSeconds } from '../iam.ts';
import type { AccessKey } from '../store/access-keys.ts';
import type { User } from '../store/model.ts';

const HOUR = 3_600_000;
/** A report is made anew when the last one is older. */
const REPEATED = 4 * HOUR;
const COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...[1, 2].flatMap((n) =>
    ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map(
      (name) => `access_key_${n}_${name}`,
    ),
  ),
  ...[1, 2].flatMap((n) => ['active', 'last_rotated'].map((name) => `cert_${n}_${name}`)),
];
const NONE = 'N/A';

/**
 * Made at once, so that the first answer is STARTED and all others are COMPLETE.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
export function generateCredentialReport(
  iam: Iam,
): Operation<GenerateCredentialReportCommandInput, GenerateCredentialReportCommandOutput> {
  return (_input, call) => {
    const home = homeOf(call);
    const now = call.clock.now();
    const last = iam.store.settings.get(home, 'credential-report');
    if (last && now - last.generated < REPEATED) return { State: 'COMPLETE' };
    const generated = wholeSeconds(now);
    iam.store.settings.set(home, 'credential-report', { text: report(iam, home, now), generated });
    return {
      State: 'STARTED',
      Description: last ? undefined : 'No report exists. Starting a new report generation task',
    };
  };
}

export function getCredentialReport({
  store,
}: Iam): Operation<GetCredentialReportCommandInput, GetCredentialReportCommandOutput> {
  return (_input, call) => {
    const found = store.settings.get(homeOf(call), 'credential-report');
    if (!found) throw new CredentialReportNotPresentException({ message: '', $metadata: {} });
    if (call.clock.now() - found.generated >= REPEATED) {
      throw new CredentialReportExpiredException({ message: '', $metadata: {} });
    }
    return {
      Content: Buffer.from(found.text),
      ReportFormat: 'text/csv',
      GeneratedTime: new Date(found.generated),
    };
  };
}

function report(iam: Iam, home: Home, now: number): string {
  const rows = [
    rootRow(iam, home, now),
    ...iam.store.users.list(home).map((user) => userRow(iam, home, user)),
  ];
  return [COLUMNS, ...rows].map((row) => row.join(',')).join('\n');
}

function rootRow(iam: Iam, home: Home, now: number): string[] {
  const keys = iam.store.accessKeys.of(home, undefined);
  return [
    '<root_account>',
    `arn:${home.partition}:iam::${home.account}:root`,
    date(now),
    'not_supported',
    'no_information',
    'not_supported',
    'not_supported',
    'false',
    ...[0, 1].flatMap((index) => keyColumns(iam, keys[index])),
    ...[0, 1].flatMap(() => ['false', NONE]),
  ];
}

function userRow(iam: Iam, home: Home, user: User): string[] {
  const { store } = iam;
  const keys = store.accessKeys.of(home, user.id);
  const certificates = store.signingCertificates.of(user);
  const { login } = user;
  return [
    user.name,
    userArn(home, user),
    date(user.created),
    String(login !== undefined),
    login ? 'no_information' : NONE,
    login ? date(login.changed) : NONE,
    NONE,
    String(store.mfaDevices.list(home).some((device) => device.user === user.id)),
    ...[0, 1].flatMap((index) => keyColumns(iam, keys[index])),
    ...[0, 1].flatMap((index) => {
      const certificate = certificates[index];
      return certificate ? [String(certificate.active), date(certificate.created)] : ['false', NONE];
    }),
  ];
}

function keyColumns({ usage }: Iam, key: AccessKey | undefined): string[] {
  if (!key) return ['false', NONE, NONE, NONE, NONE];
  const used = usage.ofKey(key.id, key.lastUsed);
  return [
    String(key.active),
    date(key.created),
    used ? date(used.date) : NONE,
    used?.region ?? NONE,
    used?.service ?? NONE,
  ];
}

function date(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}+00:00`;
}
