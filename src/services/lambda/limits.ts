/** Of an account in a region: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LIMITS = {
  /** Bytes of all versions and layers. */
  storage: 80_530_636_800,
  /** Bytes of a package and its layers, unpacked. */
  unzipped: 262_144_000,
  /** Bytes of a zip file that comes with the request. */
  zipped: 52_428_800,
  /** Invocations at a time. */
  concurrency: 1000,
  /** What reservations have to leave of that for all other functions. */
  unreserved: 100,
  /** Tags of one resource. */
  tags: 50,
} as const;
