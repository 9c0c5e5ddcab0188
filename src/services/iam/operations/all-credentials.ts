import type { Iam } from '../iam.ts';
import type { MfaDevice } from '../store/model.ts';
import {
  createVirtualMfaDevice,
  deactivateMfaDevice,
  deleteVirtualMfaDevice,
  enableMfaDevice,
  getMfaDevice,
  listMfaDevices,
  listVirtualMfaDevices,
  mfaDeviceOf,
  resyncMfaDevice,
} from './mfa-devices.ts';
import {
  createServiceSpecificCredential,
  deleteServiceSpecificCredential,
  listServiceSpecificCredentials,
  resetServiceSpecificCredential,
  updateServiceSpecificCredential,
} from './service-credentials.ts';
import {
  deleteSigningCertificate,
  listSigningCertificates,
  updateSigningCertificate,
  uploadSigningCertificate,
} from './signing-certificates.ts';
import {
  deleteSshPublicKey,
  getSshPublicKey,
  listSshPublicKeys,
  updateSshPublicKey,
  uploadSshPublicKey,
} from './ssh-keys.ts';
import { listTags, type Taggable, tag, untag } from './tags.ts';

/** What users have beside passwords and access keys. */
export function credentialOperations(iam: Iam) {
  const devices: Taggable<{ SerialNumber: string | undefined }, MfaDevice> = {
    table: iam.store.mfaDevices,
    style: 'case-sensitive',
    find: (home, { SerialNumber }) => mfaDeviceOf(iam, home, SerialNumber!),
  };
  return {
    UploadSSHPublicKey: uploadSshPublicKey(iam),
    GetSSHPublicKey: getSshPublicKey(iam),
    ListSSHPublicKeys: listSshPublicKeys(iam),
    UpdateSSHPublicKey: updateSshPublicKey(iam),
    DeleteSSHPublicKey: deleteSshPublicKey(iam),
    UploadSigningCertificate: uploadSigningCertificate(iam),
    ListSigningCertificates: listSigningCertificates(iam),
    UpdateSigningCertificate: updateSigningCertificate(iam),
    DeleteSigningCertificate: deleteSigningCertificate(iam),
    CreateServiceSpecificCredential: createServiceSpecificCredential(iam),
    ListServiceSpecificCredentials: listServiceSpecificCredentials(iam),
    UpdateServiceSpecificCredential: updateServiceSpecificCredential(iam),
    ResetServiceSpecificCredential: resetServiceSpecificCredential(iam),
    DeleteServiceSpecificCredential: deleteServiceSpecificCredential(iam),
    CreateVirtualMFADevice: createVirtualMfaDevice(iam),
    ListVirtualMFADevices: listVirtualMfaDevices(iam),
    DeleteVirtualMFADevice: deleteVirtualMfaDevice(iam),
    EnableMFADevice: enableMfaDevice(iam),
    ResyncMFADevice: resyncMfaDevice(iam),
    DeactivateMFADevice: deactivateMfaDevice(iam),
    ListMFADevices: listMfaDevices(iam),
    GetMFADevice: getMfaDevice(iam),
    TagMFADevice: tag(devices),
    UntagMFADevice: untag(devices),
    ListMFADeviceTags: listTags(devices),
  };
}
