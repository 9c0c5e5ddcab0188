import { randomUUID } from 'node:crypto';
import type {
  GenerateServiceLastAccessedDetailsCommandInput,
  GenerateServiceLastAccessedDetailsCommandOutput,
  GetServiceLastAccessedDetailsCommandInput,
  GetServiceLastAccessedDetailsCommandOutput,
  GetServiceLastAccessedDetailsWithEntitiesCommandInput,
  GetServiceLastAccessedDetailsWithEntitiesCommandOutput,
  ListPoliciesGrantingServiceAccessCommandInput,
  ListPoliciesGrantingServiceAccessCommandOutput,
  ServiceLastAccessed,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { noSuchEntity } from '../errors.ts';
import { type Home, homeOf } from '../home.ts';
import type { Iam } from '../iam.ts';
import { findManagedPolicy } from '../managed-policies.ts';
import { pageOf } from '../paging.ts';
import type { NamedDocument } from '../policies-of.ts';
import { readDocument } from '../policy/document.ts';
import { policySource } from '../policy-source.ts';
import type { LastAccessedJob } from '../store/settings.ts';

const MOST_JOBS = 50;
/** Those that lambdock has, and their neighbours. */
const SERVICES: Readonly<Record<string, string>> = {
  cloudwatch: 'Amazon CloudWatch',
  dynamodb: 'Amazon DynamoDB',
  ec2: 'Amazon EC2',
  ecr: 'Amazon Elastic Container Registry',
  ecs: 'Amazon Elastic Container Service',
  elasticloadbalancing: 'AWS Elastic Load Balancing',
  events: 'Amazon EventBridge',
  iam: 'AWS Identity and Access Management',
  lambda: 'AWS Lambda',
  logs: 'Amazon CloudWatch Logs',
  s3: 'Amazon S3',
  sns: 'Amazon SNS',
  sqs: 'Amazon SQS',
  sts: 'AWS Security Token Service',
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html */
export function generateServiceLastAccessedDetails(
  iam: Iam,
): Operation<
  GenerateServiceLastAccessedDetailsCommandInput,
  GenerateServiceLastAccessedDetailsCommandOutput
> {
  return ({ Arn, Granularity = 'SERVICE_LEVEL' }, call) => {
    const home = homeOf(call);
    documentsOf(iam, home, Arn!);
    const job: LastAccessedJob = {
      id: randomUUID(),
      arn: Arn!,
      granularity: Granularity,
      created: call.clock.now(),
    };
    const others = iam.store.settings.get(home, 'last-accessed-jobs') ?? [];
    iam.store.settings.set(home, 'last-accessed-jobs', [...others, job].slice(-MOST_JOBS));
    return { JobId: job.id };
  };
}

/** The services that policies allow something of. When an action was last used is not kept. */
export function getServiceLastAccessedDetails(
  iam: Iam,
): Operation<GetServiceLastAccessedDetailsCommandInput, GetServiceLastAccessedDetailsCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const job = findJob(iam, home, input.JobId!);
    const documents = documentsOf(iam, home, job.arn);
    const granted = Object.keys(SERVICES).filter((service) => documents.some((one) => grants(one, service)));
    const { items, rest } = pageOf(granted, input, (service) => service);
    const done = new Date(job.created);
    return {
      JobStatus: 'COMPLETED',
      JobType: job.granularity as 'SERVICE_LEVEL' | 'ACTION_LEVEL',
      JobCreationDate: done,
      ServicesLastAccessed: items.map(toLastAccessed),
      JobCompletionDate: done,
      ...rest,
    };
  };
}

export function getServiceLastAccessedDetailsWithEntities(
  iam: Iam,
): Operation<
  GetServiceLastAccessedDetailsWithEntitiesCommandInput,
  GetServiceLastAccessedDetailsWithEntitiesCommandOutput
> {
  return ({ JobId }, call) => {
    const done = new Date(findJob(iam, homeOf(call), JobId!).created);
    return {
      JobStatus: 'COMPLETED',
      JobCreationDate: done,
      JobCompletionDate: done,
      EntityDetailsList: [],
      IsTruncated: false,
    };
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html */
export function listPoliciesGrantingServiceAccess(
  iam: Iam,
): Operation<ListPoliciesGrantingServiceAccessCommandInput, ListPoliciesGrantingServiceAccessCommandOutput> {
  return ({ Arn, ServiceNamespaces }, call) => {
    const home = homeOf(call);
    const { policies } = policySource(iam, home, Arn!);
    const attached = new Set(iam.store.attachments.counts(home).keys());
    const managed = new Map(
      [...attached].flatMap((arn) => {
        const found = findManagedPolicy(iam, home, arn);
        return found ? [[found.policy.name, arn] as const] : [];
      }),
    );
    return {
      PoliciesGrantingServiceAccess: ServiceNamespaces!.map((service) => ({
        ServiceNamespace: service,
        Policies: policies
          .filter((policy) => grants(policy, service))
          .map(({ name }) => {
            const arn = managed.get(name);
            return arn === undefined
              ? { PolicyName: name, PolicyType: 'INLINE' as const }
              : { PolicyName: name, PolicyType: 'MANAGED' as const, PolicyArn: arn };
          }),
      })),
      IsTruncated: false,
    };
  };
}

function toLastAccessed(service: string): ServiceLastAccessed {
  return {
    ServiceName: SERVICES[service]!,
    ServiceNamespace: service,
    TotalAuthenticatedEntities: 0,
  };
}

function grants({ document }: NamedDocument, service: string): boolean {
  return readDocument(document).statements.some(({ effect, actions: { negated, patterns } }) => {
    if (effect !== 'Allow') return false;
    const whole = patterns.some((pattern) => pattern === '*' || pattern.toLowerCase() === `${service}:*`);
    const some = patterns.some(
      (pattern) => pattern === '*' || pattern.toLowerCase().startsWith(`${service}:`),
    );
    return negated ? !whole : some;
  });
}

/** The policies of a user, a group or a role, or a policy itself. */
function documentsOf(iam: Iam, home: Home, arn: string): NamedDocument[] {
  const managed = findManagedPolicy(iam, home, arn);
  if (!managed) return policySource(iam, home, arn).policies;
  const { name, versions, defaultVersion } = managed.policy;
  return versions
    .filter(({ number }) => number === defaultVersion)
    .map(({ document }) => ({ name, document }));
}

function findJob({ store }: Iam, home: Home, id: string): LastAccessedJob {
  const job = store.settings.get(home, 'last-accessed-jobs')?.find((candidate) => candidate.id === id);
  if (!job) throw noSuchEntity(`Job ID: ${id} cannot be found.`);
  return job;
}
