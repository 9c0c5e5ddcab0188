import { randomBytes } from 'node:crypto';
import type { SettingsTable } from '../storage/sqlite/settings-table.ts';

const DAEMON_ID = 'daemon-id';

/** A value that is made once and kept with the data. */
export function remembered(settings: SettingsTable, name: string, make: () => string): string {
  let value = settings.get(name);
  if (value === undefined) {
    value = make();
    settings.set(name, value);
  }
  return value;
}

/** Thirty bytes that nobody can guess. */
export function newSecret(): string {
  return randomBytes(30).toString('base64url');
}

/** By which the daemon of this data folder knows its own among containers and objects. */
export function daemonId(settings: SettingsTable): string {
  return remembered(settings, DAEMON_ID, () => randomBytes(6).toString('hex'));
}

const AWS_USED = 'aws-used';

export function noteAwsUse(settings: SettingsTable): void {
  if (!awsWasUsed(settings)) settings.set(AWS_USED, 'yes');
}

/** Whether the AWS API may have left work undone when the daemon ended, such as events that wait for a function. */
export function awsWasUsed(settings: SettingsTable): boolean {
  return settings.get(AWS_USED) !== undefined;
}
