import { randomBytes } from 'node:crypto';
import type {
  CreateVirtualMFADeviceCommandInput,
  CreateVirtualMFADeviceCommandOutput,
  DeactivateMFADeviceCommandInput,
  DeleteVirtualMFADeviceCommandInput,
  EnableMFADeviceCommandInput,
  GetMFADeviceCommandInput,
  GetMFADeviceCommandOutput,
  ListMFADevicesCommandInput,
  ListMFADevicesCommandOutput,
  ListVirtualMFADevicesCommandInput,
  ListVirtualMFADevicesCommandOutput,
  ResyncMFADeviceCommandInput,
  VirtualMFADevice,
} from '@aws-sdk/client-iam';
import { base32 } from '../../../aws/access-key.ts';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { userOf } from '../calling-user.ts';
import { alreadyExists, deleteConflict, noSuchEntity, quotaExceeded } from '../errors.ts';
import { arnOf, type Home, homeOf } from '../home.ts';
import { type Iam, userNamed, wholeSeconds } from '../iam.ts';
import { pageOf } from '../paging.ts';
import { tagsIfAny, toUser } from '../shapes.ts';
import type { MfaDevice } from '../store/model.ts';
import { newTags } from '../tags.ts';

const MOST_DEVICES = 8;
/** A white dot: the seed is beside it, and nobody holds a camera before a terminal. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEANl9ngAAAAABJRU5ErkJggg==',
  'base64',
);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html */
export function createVirtualMfaDevice({
  store,
}: Iam): Operation<CreateVirtualMFADeviceCommandInput, CreateVirtualMFADeviceCommandOutput> {
  return ({ Path = '/', VirtualMFADeviceName, Tags }, call) => {
    const home = homeOf(call);
    const tags = newTags(Tags, 'case-sensitive');
    const serial = arnOf(home, 'mfa', Path, VirtualMFADeviceName!);
    if (store.mfaDevices.find(home, serial))
      throw alreadyExists('MFADevice entity at the same path and name already exists.');
    const seed = base32(randomBytes(40));
    const created = wholeSeconds(call.clock.now());
    store.mfaDevices.insert(home, { id: serial, name: serial, path: Path, created, tags, seed });
    return {
      VirtualMFADevice: {
        SerialNumber: serial,
        Base32StringSeed: Buffer.from(seed),
        QRCodePNG: PICTURE,
        ...tagsIfAny(tags),
      },
    };
  };
}

export function listVirtualMfaDevices(
  iam: Iam,
): Operation<ListVirtualMFADevicesCommandInput, ListVirtualMFADevicesCommandOutput> {
  return (input, call) => {
    const { AssignmentStatus = 'Any' } = input;
    const home = homeOf(call);
    const all = iam.store.mfaDevices
      .list(home)
      .filter(({ seed }) => seed !== undefined)
      .filter(
        ({ user }) =>
          AssignmentStatus === 'Any' || (AssignmentStatus === 'Assigned') === (user !== undefined),
      )
      // Those that were taken from a user are not listed any more, and can only be removed.
      .filter(({ user, enabled }) => user !== undefined || enabled === undefined);
    const { items, rest } = pageOf(all, input, ({ id }) => id);
    return { VirtualMFADevices: items.map((device) => toVirtual(iam, home, device)), ...rest };
  };
}

export function deleteVirtualMfaDevice({
  store,
}: Iam): Operation<DeleteVirtualMFADeviceCommandInput, object> {
  return ({ SerialNumber }, call) => {
    const device = store.mfaDevices.find(homeOf(call), SerialNumber!);
    if (!device) throw noSuchEntity(`VirtualMFADevice with serial number ${SerialNumber} doesn't exist.`);
    if (device.user !== undefined) throw deleteConflict('MFA VirtualDevice in use. Must deactivate first.');
    store.mfaDevices.remove(device);
    return {};
  };
}

/** The codes are not compared with the seed. A device that is not virtual is taken as it is. */
export function enableMfaDevice(iam: Iam): Operation<EnableMFADeviceCommandInput, object> {
  const { mfaDevices } = iam.store;
  return ({ UserName, SerialNumber }, call) => {
    const home = homeOf(call);
    const user = userNamed(iam, home, UserName!);
    const serial = SerialNumber!;
    const device = mfaDevices.find(home, serial);
    if (!device && serial.startsWith('arn:')) throw missing(serial);
    if (device?.user !== undefined) throw alreadyExists('MFA Device is already in use.');
    if (devicesOf(iam, home, user.id).length >= MOST_DEVICES) {
      throw quotaExceeded('MFADevicesPerUser', MOST_DEVICES);
    }
    const enabled = wholeSeconds(call.clock.now());
    if (device) mfaDevices.update({ ...device, user: user.id, enabled });
    else {
      const id = `${home.partition}:${home.account}:${serial}`;
      mfaDevices.insert(home, {
        id,
        name: serial,
        path: '/',
        created: enabled,
        tags: [],
        user: user.id,
        enabled,
      });
    }
    return {};
  };
}

export function resyncMfaDevice(iam: Iam): Operation<ResyncMFADeviceCommandInput, object> {
  return ({ UserName, SerialNumber }, call) => {
    find(iam, call, UserName, SerialNumber!);
    return {};
  };
}

export function deactivateMfaDevice(iam: Iam): Operation<DeactivateMFADeviceCommandInput, object> {
  const { mfaDevices } = iam.store;
  return ({ UserName, SerialNumber }, call) => {
    const device = find(iam, call, UserName, SerialNumber!);
    if (device.seed === undefined) mfaDevices.remove(device);
    else mfaDevices.update({ ...device, user: undefined });
    return {};
  };
}

export function listMfaDevices(iam: Iam): Operation<ListMFADevicesCommandInput, ListMFADevicesCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const user = userOf(iam, call, input.UserName);
    const { items, rest } = pageOf(devicesOf(iam, home, user.id), input, ({ id }) => id);
    const MFADevices = items.map(({ name, enabled }) => ({
      UserName: user.name,
      SerialNumber: name,
      EnableDate: new Date(enabled!),
    }));
    return { MFADevices, ...rest };
  };
}

export function getMfaDevice(iam: Iam): Operation<GetMFADeviceCommandInput, GetMFADeviceCommandOutput> {
  return ({ UserName, SerialNumber }, call) => {
    const device = iam.store.mfaDevices.find(homeOf(call), SerialNumber!);
    const owner = device?.user === undefined ? undefined : iam.store.users.get(device.user);
    if (UserName !== undefined && userOf(iam, call, UserName).id !== owner?.id) throw missing(SerialNumber!);
    if (!device) throw missing(SerialNumber!);
    return {
      UserName: owner?.name,
      SerialNumber: device.name,
      EnableDate: device.user === undefined ? undefined : new Date(device.enabled!),
    };
  };
}

/** @throws NoSuchEntityException */
export function mfaDeviceOf({ store }: Iam, home: Home, serial: string): MfaDevice {
  const device = store.mfaDevices.find(home, serial);
  if (!device) throw missing(serial);
  return device;
}

function find(iam: Iam, call: Call, name: string | undefined, serial: string): MfaDevice {
  const user = userOf(iam, call, name);
  const device = iam.store.mfaDevices.find(homeOf(call), serial);
  if (!device || device.user !== user.id) throw noSuchEntity('MFA Device invalid for user.');
  return device;
}

function devicesOf({ store }: Iam, home: Home, user: string): MfaDevice[] {
  return store.mfaDevices.list(home).filter((device) => device.user === user);
}

function toVirtual({ store }: Iam, home: Home, { name, user, enabled }: MfaDevice): VirtualMFADevice {
  const owner = user === undefined ? undefined : store.users.get(user);
  return {
    SerialNumber: name,
    ...(owner ? { User: toUser(home, owner), EnableDate: new Date(enabled!) } : {}),
  };
}

function missing(serial: string) {
  return noSuchEntity(`MFA Device with serial number ${serial} does not exist.`);
}
