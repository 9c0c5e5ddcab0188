export function findMinio(cache?: string): string | undefined;
export function ensureMinio(options?: {
  cache?: string;
  say?: (line: string) => void;
}): Promise<{ path: string; missing?: undefined } | { missing: string; path?: undefined }>;
