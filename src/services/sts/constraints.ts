import { awsPattern, type Constraint, type Constraints } from '../../aws/validation.ts';

const ARN: Constraint = {
  minLength: 20,
  maxLength: 2048,
  pattern: awsPattern(
    '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
  ),
};
const POLICY: Constraint = { minLength: 1, pattern: awsPattern('[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+') };
const SHORT_POLICY: Constraint = { ...POLICY, maxLength: 2048 };
const ROLE_DURATION: Constraint = { min: 900, max: 43_200 };
const USER_DURATION: Constraint = { min: 900, max: 129_600 };
const NAME = awsPattern('[\\w+=,.@-]*');
const SESSION_NAME: Constraint = { minLength: 2, maxLength: 64, pattern: NAME };
const SERIAL_NUMBER: Constraint = { minLength: 9, maxLength: 256, pattern: awsPattern('[\\w+=/:,.@-]*') };
const TOKEN_CODE: Constraint = { minLength: 6, maxLength: 6, pattern: awsPattern('[\\d]*') };
const TAG_KEY: Constraint = {
  minLength: 1,
  maxLength: 128,
  pattern: awsPattern('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+'),
};
const TAG_VALUE: Constraint = {
  minLength: 0,
  maxLength: 256,
  pattern: awsPattern('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*'),
};
const TAGS: Constraint = { maxLength: 50 };
const TOKEN_SIZE: Constraint = { min: 0, max: 4096 };
const SCOPE_VALUE = '[\\x21\\x23-\\x2B\\x2D-\\x5B\\x5D-\\x7E]+';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html, each operation's Request Parameters. */
export const CONSTRAINTS: Constraints = {
  AssumeRoleRequest: {
    RoleArn: ARN,
    RoleSessionName: SESSION_NAME,
    Policy: POLICY,
    DurationSeconds: ROLE_DURATION,
    Tags: TAGS,
    TransitiveTagKeys: TAGS,
    'TransitiveTagKeys[]': TAG_KEY,
    ExternalId: { minLength: 2, maxLength: 1224, pattern: awsPattern('[\\w+=,.@:\\/-]*') },
    SerialNumber: SERIAL_NUMBER,
    TokenCode: TOKEN_CODE,
    SourceIdentity: { minLength: 2, maxLength: 256, pattern: NAME },
    ProvidedContexts: { minLength: 1, maxLength: 5 },
    MinimumSessionTokenSize: TOKEN_SIZE,
  },
  AssumeRoleWithSAMLRequest: {
    RoleArn: ARN,
    PrincipalArn: ARN,
    SAMLAssertion: { minLength: 4, maxLength: 100_000 },
    Policy: SHORT_POLICY,
    DurationSeconds: ROLE_DURATION,
    MinimumSessionTokenSize: TOKEN_SIZE,
  },
  AssumeRoleWithWebIdentityRequest: {
    RoleArn: ARN,
    RoleSessionName: SESSION_NAME,
    WebIdentityToken: { minLength: 4, maxLength: 20_000 },
    ProviderId: { minLength: 4, maxLength: 2048 },
    Policy: SHORT_POLICY,
    DurationSeconds: ROLE_DURATION,
    MinimumSessionTokenSize: TOKEN_SIZE,
  },
  AssumeRootRequest: {
    TargetPrincipal: { minLength: 12, maxLength: 2048 },
    DurationSeconds: { min: 0, max: 900 },
    MinimumSessionTokenSize: TOKEN_SIZE,
  },
  DecodeAuthorizationMessageRequest: { EncodedMessage: { minLength: 1, maxLength: 10_240 } },
  GetAccessKeyInfoRequest: { AccessKeyId: { minLength: 16, maxLength: 128, pattern: awsPattern('[\\w]*') } },
  GetFederationTokenRequest: {
    Name: { minLength: 2, maxLength: 32, pattern: NAME },
    Policy: SHORT_POLICY,
    DurationSeconds: USER_DURATION,
    Tags: TAGS,
    MinimumSessionTokenSize: TOKEN_SIZE,
  },
  GetScopedCredentialsRequest: {
    Policy: SHORT_POLICY,
    DurationSeconds: { min: 1, max: 129_600 },
    MinimumSessionTokenSize: TOKEN_SIZE,
    ScopedSessionDescription: {
      minLength: 2,
      maxLength: 256,
      pattern: awsPattern('[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*'),
    },
  },
  GetSessionTokenRequest: {
    DurationSeconds: USER_DURATION,
    SerialNumber: SERIAL_NUMBER,
    TokenCode: TOKEN_CODE,
    MinimumSessionTokenSize: TOKEN_SIZE,
  },
  GetWebIdentityTokenRequest: {
    Audience: { minLength: 1, maxLength: 10 },
    'Audience[]': { minLength: 1, maxLength: 1000 },
    DurationSeconds: { min: 60, max: 3600 },
    SigningAlgorithm: { minLength: 5, maxLength: 5 },
    Scope: {
      minLength: 1,
      maxLength: 256,
      pattern: awsPattern(`${SCOPE_VALUE}( ${SCOPE_VALUE})*`),
    },
    SubjectMode: { values: ['AWSIdentity', 'OriginIdentity'] },
    Tags: TAGS,
  },
  PolicyDescriptorType: { arn: ARN },
  ProvidedContext: { ProviderArn: ARN, ContextAssertion: { minLength: 4, maxLength: 3072 } },
  Tag: { Key: TAG_KEY, Value: TAG_VALUE },
};
