/** The largest answer, buffered: 6 MB and what AWS's envelope takes. */
export const LARGEST_RESPONSE = 6 * 1024 * 1024 + 100;
