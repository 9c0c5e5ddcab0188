import type { FunctionVersion } from '../../execution/function-host.ts';
import type { Lambda } from './lambda.ts';
import { type FunctionRef, functionArn } from './names.ts';
import type { StoredCode, VersionRecord } from './store/function-record.ts';

/** A version as what runs functions needs to know it. */
export function toFunctionVersion(
  { packages }: Pick<Lambda, 'packages'>,
  ref: FunctionRef,
  record: VersionRecord,
): FunctionVersion {
  const { settings, code } = record;
  const { Runtime, Handler, LoggingConfig } = settings;
  return {
    scope: ref.scope,
    name: ref.name,
    version: record.version,
    functionArn: functionArn(ref),
    revision: record.revision,
    ...(Runtime === undefined ? {} : { runtime: Runtime }),
    ...(Handler === undefined ? {} : { handler: Handler }),
    ...(code.kind === 'zip' ? { code: packages.reference(code.sha256) } : { image: imageOf(record, code) }),
    layers: record.layers,
    environment: settings.Environment?.Variables ?? {},
    timeout: settings.Timeout! * 1000,
    memoryMb: settings.MemorySize!,
    ephemeralStorageMb: settings.EphemeralStorage!.Size!,
    architecture: settings.Architectures![0]!,
    role: settings.Role!,
    logging: {
      group: LoggingConfig!.LogGroup!,
      format: LoggingConfig!.LogFormat!,
      ...(LoggingConfig!.ApplicationLogLevel ? { applicationLevel: LoggingConfig!.ApplicationLogLevel } : {}),
      ...(LoggingConfig!.SystemLogLevel ? { systemLevel: LoggingConfig!.SystemLogLevel } : {}),
    },
    tracing: settings.TracingConfig!.Mode!,
  };
}

function imageOf(
  { settings }: VersionRecord,
  { uri, id }: StoredCode & { kind: 'image' },
): NonNullable<FunctionVersion['image']> {
  const { EntryPoint, Command, WorkingDirectory } = settings.ImageConfigResponse?.ImageConfig ?? {};
  return {
    uri,
    ...(id === undefined ? {} : { id }),
    ...(EntryPoint ? { entryPoint: EntryPoint } : {}),
    ...(Command ? { command: Command } : {}),
    ...(WorkingDirectory ? { workingDirectory: WorkingDirectory } : {}),
  };
}
