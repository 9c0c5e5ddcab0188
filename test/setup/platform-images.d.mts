export function ensureBuildImage(root: string, base: string): Promise<string>;
export function ensureMinioImage(minio: string, base: string): Promise<string>;
