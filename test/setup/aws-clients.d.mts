export function findAwsClients(cache?: string): string | undefined;
export function ensureAwsClients(options?: {
  cache?: string;
  say?: (line: string) => void;
}): Promise<{ path: string; missing?: undefined } | { path?: undefined; missing: string }>;
