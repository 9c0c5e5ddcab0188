import type { Service } from '../src/aws/service.ts';
import { services } from '../src/services/catalogue.ts';
import { openDependencies } from '../test/support/aws/dependencies.ts';

const HEAD = `# What of AWS's API is there

Made by \`npm run coverage-doc\`: the operations that AWS's SDK for JavaScript knows, and whether lambdock answers them. All others
are answered with 501, an error that names them, and a notice in the journal. [aws-api.md](aws-api.md) tells how to point clients at
lambdock, and how its answers differ from those of AWS.
`;

/** docs/coverage.md, from the services that there are and the SDK's lists of operations. */
export async function coverageDocument(): Promise<string> {
  const dependencies = openDependencies();
  const entries = services(dependencies);
  const parts = await Promise.all(
    entries.map(async ({ identity, load }) =>
      section(identity.sdkId, await load(), await listOf(identity.sdkId)),
    ),
  );
  await dependencies[Symbol.asyncDispose]();
  return [HEAD, ...parts].join('\n');
}

function section(sdkId: string, { operations, limits = {} }: Service, known: readonly string[]): string {
  const there = known.filter((name) => Object.hasOwn(operations, name));
  const rows = known.map(
    (name) => `| ${name} | ${there.includes(name) ? 'yes' : 'no'} | ${limits[name] ?? ''} |`,
  );
  return [
    `## ${sdkId}`,
    '',
    `${there.length} of ${known.length} operations.`,
    '',
    '| operation | there | limits |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The operations that the SDK's client of a service has, `CloudWatch Logs` in `@aws-sdk/client-cloudwatch-logs`. */
export async function listOf(sdkId: string): Promise<string[]> {
  const client: object = await import(`@aws-sdk/client-${sdkId.toLowerCase().replaceAll(' ', '-')}`);
  return Object.keys(client)
    .flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? [])
    .filter((name) => `${name}$` in client)
    .sort();
}
