/** The configuration can't be used. The message says where the value came from and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
