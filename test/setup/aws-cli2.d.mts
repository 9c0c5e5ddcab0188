export function findAwsCli2(): string | undefined;
export function ensureAwsCli2(options?: {
  say?: (line: string) => void;
}): Promise<{ path: string; missing?: undefined } | { path?: undefined; missing: string }>;
