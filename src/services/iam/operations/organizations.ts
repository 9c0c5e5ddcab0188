import {
  type GetOrganizationsAccessReportCommandInput,
  OrganizationNotFoundException,
} from '@aws-sdk/client-iam';
import { noSuchEntity } from '../errors.ts';

/** As in every account that is in no organization, of which there are none here. @throws OrganizationNotFoundException */
export function withoutOrganization(): never {
  const message = 'The request was rejected because no organization is associated with your account.';
  throw new OrganizationNotFoundException({ message, Message: message, $metadata: {} });
}

/** No such report was ever begun. @throws NoSuchEntityException */
export function getOrganizationsAccessReport({ JobId }: GetOrganizationsAccessReportCommandInput): never {
  throw noSuchEntity(`Job ID: ${JobId} cannot be found.`);
}
