export function findDurableSdks(cache?: string): string | undefined;
export function ensureDurableSdks(options?: {
  cache?: string;
  say?: (line: string) => void;
}): Promise<{ path: string; missing?: undefined } | { path?: undefined; missing: string }>;
