/** AWS's own images begin with this; all of them are entered by it. */
const AWS_ENTRY = '/lambda-entrypoint.sh';

const RUNTIME = /^(nodejs|python|java|dotnet|ruby|provided)\.?(.*)$/;

export type Language = 'nodejs' | 'python' | 'java' | 'dotnet' | 'ruby' | 'provided';

/** The language of a Lambda runtime, and its version as AWS's images are tagged; undefined for one without an image. */
export function splitRuntime(runtime: string): { language: Language; version: string } | undefined {
  if (runtime === 'go1.x') return { language: 'provided', version: 'al2' };
  const [, language, version = ''] = RUNTIME.exec(runtime) ?? [];
  if (language === undefined) return undefined;
  return { language: language as Language, version: version.replace(/\.x$/, '') || 'latest' };
}

/**
 * The image that AWS publishes of a runtime: `public.ecr.aws/lambda/nodejs:22` of `nodejs22.x`.
 * https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#runtimes-images-lp
 */
export function awsImage(runtime: string, prefix: string): string | undefined {
  const parts = splitRuntime(runtime);
  return parts && `${prefix}${parts.language}:${parts.version}`;
}

/** Whether an image brings AWS's bootstrap and runtime interface client. */
export function isAwsImage(entrypoint: readonly string[] | undefined): boolean {
  return entrypoint?.[0] === AWS_ENTRY;
}
