/** `20.20.2` as numbers; a missing part is 0. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads the first `major.minor[.patch]` in a text such as `go version go1.22.1 linux/amd64`. */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** `20.20.2`. */
export function formatVersion(version: Version): string {
  return version.join('.');
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/**
 * How a version stands to the one asked for, which names as many parts as it cares about: `20` any 20.x,
 * `3.12` any 3.12.x. Negative: older; 0: the one asked for; positive: newer.
 */
export function compareToWanted(version: Version, wanted: string): number {
  for (const [index, part] of wanted.split('.').entries()) {
    const difference = version[index]! - Number(part);
    if (difference !== 0) return difference;
  }
  return 0;
}
