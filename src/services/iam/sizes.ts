/** White space does not count for the limits of policies. */
export function bytesOf(document: string): number {
  return document.replaceAll(/\s/g, '').length;
}
