import type { Milliseconds } from '../clock/clock.ts';
import type { Bytes } from '../daemon/option-types.ts';

/** Bytes as Docker tells them, in powers of ten: `248 MB`, `1.2 GB`. */
export function describeSize(bytes: Bytes): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

/** How long ago, in its largest unit: `5 min`, `3 h`, `12 d`. */
export function describeAge(age: Milliseconds): string {
  const seconds = Math.max(0, Math.floor(age / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
