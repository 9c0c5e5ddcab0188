export function findGoClients(cache?: string): string | undefined;
export function ensureGoClients(options?: {
  cache?: string;
  say?: (line: string) => void;
}): Promise<{ path: string; missing?: undefined } | { path?: undefined; missing: string }>;
