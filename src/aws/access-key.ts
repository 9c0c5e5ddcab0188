import { randomBytes } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ACCOUNT_DIGITS = 12;
/** Twelve digits are less than 2^40; AWS puts them into these bits of a key's first six bytes. */
const SHIFT = 7n;
const ACCOUNT_MASK = 0x7fff_ffff_ff80n;
const SPARE_MASK = 0x8000_0000_007fn;

/** A new access key id that tells its account, as AWS's do. `prefix` is ASIA for temporary credentials, AKIA for users. */
export function newAccessKeyId(prefix: string, account: string): string {
  const random = randomBytes(10);
  const spare = BigInt(random.readUIntBE(0, 6)) & SPARE_MASK;
  random.writeUIntBE(Number(((BigInt(account) << SHIFT) & ACCOUNT_MASK) | spare), 0, 6);
  return prefix + base32(random);
}

/** The account that an access key id tells; undefined where it tells none. */
export function accountOfAccessKey(accessKeyId: string): string | undefined {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  const bits = [...accessKeyId.slice(4, 14)].reduce(
    (sum, letter) => sum * 32n + BigInt(BASE32.indexOf(letter)),
    0n,
  );
  const account = ((bits >> 2n) & ACCOUNT_MASK) >> SHIFT; // ten letters hold fifty bits, of which we want 48
  const digits = account.toString();
  return digits.length <= ACCOUNT_DIGITS ? digits.padStart(ACCOUNT_DIGITS, '0') : undefined;
}

/** Letters and digits such as ids of IAM are made of. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text += BASE32[(bits >> count) & 31];
    }
    bits &= (1 << count) - 1;
  }
  return text;
}
