import { createHash, randomBytes } from 'node:crypto';
import { PasswordPolicyViolationException } from '@aws-sdk/client-iam';
import type { PasswordPolicy } from './store/settings.ts';

/** What AWS asks of passwords where an account has no policy of its own. */
const USUAL: PasswordPolicy = {
  minimumLength: 8,
  symbols: false,
  numbers: false,
  uppercase: false,
  lowercase: false,
  usersMayChange: false,
};

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
 *
 * @throws PasswordPolicyViolationException
 */
export function checkPassword(password: string, policy: PasswordPolicy = USUAL): void {
  const problem =
    (password.length < policy.minimumLength &&
      `Password should have a minimum length of ${policy.minimumLength}`) ||
    (policy.uppercase && !/[A-Z]/.test(password) && 'Password should have at least one uppercase letter') ||
    (policy.lowercase && !/[a-z]/.test(password) && 'Password should have at least one lowercase letter') ||
    (policy.numbers && !/\d/.test(password) && 'Password should have at least one number') ||
    (policy.symbols &&
      !/[!@#$%^&*()_+\-=[\]{}|']/.test(password) &&
      "Password should have at least one of the following symbols: ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '");
  if (problem) throw new PasswordPolicyViolationException({ message: problem, $metadata: {} });
}

/** Nobody signs in with it: kept only to know it again. */
export function hashPassword(password: string, salt = randomBytes(12).toString('hex')): string {
  return `${salt}:${createHash('sha256').update(salt).update(password).digest('hex')}`;
}

export function isPassword(password: string, hash: string): boolean {
  return hashPassword(password, hash.split(':')[0]) === hash;
}
