import {
  CodeStorageExceededException,
  type DeleteLayerVersionCommandInput,
  type DeleteLayerVersionCommandOutput,
  type GetLayerVersionByArnCommandInput,
  type GetLayerVersionByArnCommandOutput,
  type GetLayerVersionCommandInput,
  type GetLayerVersionCommandOutput,
  type GetLayerVersionResponse,
  type LayerVersionContentInput,
  type LayerVersionsListItem,
  type ListLayersCommandInput,
  type ListLayersCommandOutput,
  type ListLayerVersionsCommandInput,
  type ListLayerVersionsCommandOutput,
  type PublishLayerVersionCommandInput,
  type PublishLayerVersionCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { lambdaDate } from '../dates.ts';
import { invalidParameter, tooLarge } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import {
  checkLayerVersion,
  type LayerRef,
  layerArn,
  layerNamed,
  layerVersionArn,
  parseLayerArn,
  resolveLayer,
} from '../layer-names.ts';
import { findLayerVersion } from '../layer-resolver.ts';
import { LIMITS } from '../limits.ts';
import { pageOf } from '../paging.ts';
import type { Resources } from '../resources.ts';
import type { LayerRecord } from '../store/layer-store.ts';
import { checkZip } from '../zip-check.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html */
export function publishLayerVersion(
  lambda: Lambda,
  { layers }: Resources,
): Operation<PublishLayerVersionCommandInput, PublishLayerVersionCommandOutput> {
  return async (input, call) => {
    const ref = resolveLayer(input.LayerName!, call, 'PublishLayerVersion');
    const zip = await readContent(lambda, input.Content!);
    const unpacked = checkZip(zip, LIMITS.unzipped);
    const used = lambda.functions.usage(ref.scope).bytes + layers.bytes(ref.scope);
    if (used + zip.length > LIMITS.storage) {
      throw new CodeStorageExceededException({
        message: 'Code storage limit exceeded.',
        Type: 'User',
        $metadata: {},
      });
    }
    const record = await lambda.packages.keep(zip, ({ sha256, size }) =>
      layers.publish(ref, {
        description: input.Description ?? '',
        created: lambda.clock.now(),
        ...(input.LicenseInfo === undefined ? {} : { licenseInfo: input.LicenseInfo }),
        ...(input.CompatibleRuntimes ? { runtimes: input.CompatibleRuntimes } : {}),
        ...(input.CompatibleArchitectures ? { architectures: input.CompatibleArchitectures } : {}),
        sha256,
        size,
        unpacked,
      }),
    );
    releaseDeleted(lambda, layers.deleted());
    return show(lambda, ref, record);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html */
export function getLayerVersion(
  lambda: Lambda,
  { layers }: Resources,
): Operation<GetLayerVersionCommandInput, GetLayerVersionCommandOutput> {
  return (input, call) => {
    checkLayerVersion(input.VersionNumber!);
    const ref = layerNamed(input.LayerName!, call);
    return show(lambda, ref, findLayerVersion(layers, ref, input.VersionNumber!, call));
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html */
export function getLayerVersionByArn(
  lambda: Lambda,
  { layers }: Resources,
): Operation<GetLayerVersionByArnCommandInput, GetLayerVersionByArnCommandOutput> {
  return (input, call) => {
    const ref = layerNamed(input.Arn!, call);
    const version = parseLayerArn(input.Arn!)?.version ?? 0;
    return show(lambda, ref, findLayerVersion(layers, ref, version, call));
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html */
export function listLayers({
  layers,
}: Resources): Operation<ListLayersCommandInput, ListLayersCommandOutput> {
  return (input, { account, region, partition }) => {
    const scope = { account, region };
    const newest = new Map<string, LayerRecord>();
    for (const { name, record } of layers.list(scope)) {
      if (!newest.has(name) && matches(record, input)) newest.set(name, record);
    }
    const { items, NextMarker } = pageOf([...newest], ([name]) => name, input);
    return {
      NextMarker,
      Layers: items.map(([LayerName, record]) => {
        const ref = { scope, partition, name: LayerName };
        return { LayerName, LayerArn: layerArn(ref), LatestMatchingVersion: showListed(ref, record) };
      }),
    };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html */
export function listLayerVersions({
  layers,
}: Resources): Operation<ListLayerVersionsCommandInput, ListLayerVersionsCommandOutput> {
  return (input, call) => {
    const ref = resolveLayer(input.LayerName!, call, 'ListLayerVersions');
    const all = layers.versions(ref).filter((record) => matches(record, input));
    // Descending, so that a deleted version's place can be found.
    const keyOf = ({ version }: LayerRecord) => String(1e15 - version);
    const { items, NextMarker } = pageOf(all, keyOf, input);
    return { NextMarker, LayerVersions: items.map((record) => showListed(ref, record)) };
  };
}

/**
 * Functions that have the version keep it. Deleting what is not there is no error.
 * https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html
 */
export function deleteLayerVersion(
  lambda: Lambda,
  { layers }: Resources,
): Operation<DeleteLayerVersionCommandInput, DeleteLayerVersionCommandOutput> {
  return async (input, call) => {
    checkLayerVersion(input.VersionNumber!);
    layers.delete(resolveLayer(input.LayerName!, call, 'DeleteLayerVersion'), input.VersionNumber!);
    releaseDeleted(lambda, layers.deleted());
    return {};
  };
}

/** Versions whose last function is gone are not told of that; so this looks at all that were deleted. */
function releaseDeleted({ packages }: Lambda, deleted: readonly string[]): void {
  for (const sha256 of deleted) packages.release(sha256);
}

async function readContent(
  { packages }: Lambda,
  { ZipFile, S3Bucket, S3Key }: LayerVersionContentInput,
): Promise<Uint8Array> {
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      throw invalidParameter(
        'Please do not provide other LayerVersionContent parameters when providing a ZipFile.',
      );
    }
    if (ZipFile.length > LIMITS.zipped) {
      throw tooLarge(`Zipped size must be smaller than ${LIMITS.zipped} bytes`);
    }
    if (ZipFile.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
    return ZipFile;
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalidParameter('Please provide a source for your layer content.');
  }
  const object = await packages.read(S3Bucket, S3Key);
  if (object) return object;
  throw invalidParameter(
    'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
  );
}

function matches(
  { runtimes = [], architectures = [] }: LayerRecord,
  { CompatibleRuntime, CompatibleArchitecture }: ListLayersCommandInput,
): boolean {
  if (CompatibleRuntime !== undefined && !runtimes.includes(CompatibleRuntime)) return false;
  return CompatibleArchitecture === undefined || architectures.includes(CompatibleArchitecture);
}

async function show(
  { packages }: Lambda,
  ref: LayerRef,
  record: LayerRecord,
): Promise<GetLayerVersionResponse> {
  return {
    Content: {
      Location: await packages.link(record.sha256),
      CodeSha256: Buffer.from(record.sha256, 'hex').toString('base64'),
      CodeSize: record.size,
    },
    LayerArn: layerArn(ref),
    ...showListed(ref, record),
  };
}

function showListed(ref: LayerRef, record: LayerRecord): LayerVersionsListItem {
  return {
    LayerVersionArn: layerVersionArn(ref, record.version),
    Version: record.version,
    Description: record.description,
    CreatedDate: lambdaDate(record.created),
    CompatibleArchitectures: record.architectures,
    CompatibleRuntimes: record.runtimes,
    LicenseInfo: record.licenseInfo,
  };
}
