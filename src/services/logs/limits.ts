import type { Service } from '../../aws/service.ts';

const NO_TABLES = 'always ResourceNotFoundException: there are no S3 tables';
const NO_IMPORT = 'always ResourceNotFoundException: imports are from CloudTrail Lake, which is not there';
const NO_SYSLOG = 'nothing listens for syslog';
const NO_SOURCES = 'nothing tells sources of logs apart';

/** What there is not, and what is there for its form alone: for docs/coverage.md. */
export const LIMITS: NonNullable<Service['limits']> = {
  AssociateSourceToS3TableIntegration: NO_TABLES,
  CancelImportTask: NO_IMPORT,
  CreateImportTask: 'imports are from CloudTrail Lake, which is not there',
  DescribeImportTaskBatches: NO_IMPORT,
  DescribeImportTasks: 'always empty',
  DeleteSyslogConfiguration: `always ResourceNotFoundException: ${NO_SYSLOG}`,
  ListSyslogConfigurations: 'always empty',
  PutSyslogConfiguration: NO_SYSLOG,
  DisassociateSourceFromS3TableIntegration: NO_TABLES,
  ListSourcesForS3TableIntegration: NO_TABLES,
  GetLogFields: `always ResourceNotFoundException: ${NO_SOURCES}`,
  ListAggregateLogGroupSummaries: `always empty: ${NO_SOURCES}`,
  GetLogObject: 'always InvalidParameterException: large objects are not taken out of events',
  UpdateAnomaly: 'no anomaly is ever found',
  DescribeConfigurationTemplates: 'a list of AWS’s services, of which nothing comes here',
  AssociateKmsKey: 'the key is told of again; nothing is encrypted',
  CreateDelivery: 'stored; nothing is delivered',
  CreateExportTask: 'a task fails: there is no S3 yet to export to',
  CreateLogAnomalyDetector: 'stored; no anomaly is ever found',
  CreateScheduledQuery:
    'runs by the clock, in CWLI; results go to lookup tables, and not to S3; `L`, `W` and `#` of cron are not known',
  ListAnomalies: 'always empty',
  PutAccountPolicy:
    'policies of subscription filters deliver to Lambda, but never what the function itself has logged; others are stored, without any effect',
  PutBearerTokenAuthentication: 'stored; there is no endpoint for bearer tokens',
  PutDataProtectionPolicy: 'stored; nothing is masked',
  PutDestination: 'stored; nothing is delivered to it',
  PutIntegration: 'stored; there is no OpenSearch',
  PutIndexPolicy: 'stored; queries need no index',
  PutMetricFilter: 'stored; metrics are not published yet',
  PutResourcePolicy: 'stored; nothing is denied',
  PutStorageTierPolicy: 'stored, without any effect',
  PutSubscriptionFilter: 'delivers to Lambda; filters for other destinations are stored',
  PutTransformer:
    'what subscriptions and queries see is transformed, with all processors but parseToOCSF; GetLogEvents and FilterLogEvents give the originals',
  StartQuery:
    'CWLI only, without the commands anomaly, diff, join, pattern, SOURCE and unnest; results go with a restart',
};
