/**
 * Options of `lambdock.config.ts`; docs/configuration.md describes each. Times and sizes are text such as `30s` and
 * `20mb`, or plain milliseconds and bytes. Relative paths count from the file's folder.
 */
export interface LambdockConfig {
  port?: number;
  host?: string;
  dataDir?: string;
  ephemeral?: boolean;
  cacheDir?: string;
  driver?: 'auto' | 'process' | 'docker';
  baseImages?: string[];
  containerEnv?: string[];
  lambdaDriver?: 'auto' | 'process' | 'docker';
  lambdaImages?: string[];
  lambdaImagePrefix?: string;
  replicas?: number;
  objects?: 'auto' | 'embedded' | 'minio';
  minioEndpoint?: string;
  minioAccessKey?: string;
  minioSecretKey?: string;
  minioRegion?: string;
  token?: string;
  allowedOrigins?: string[];
  allowedHosts?: string[];
  account?: string;
  maxCodeBytes?: number | string;
  requestTimeout?: number | string;
  holdTimeout?: number | string;
  startTimeout?: number | string;
  idleTimeout?: number | string;
  memoryLimit?: number | string;
  cpuLimit?: number;
  pidsLimit?: number;
  standby?: boolean;
  timeScale?: number;
}

/** Gives editors the types of `lambdock.config.ts`; returns what it gets. */
export function defineConfig(config: LambdockConfig): LambdockConfig {
  return config;
}
