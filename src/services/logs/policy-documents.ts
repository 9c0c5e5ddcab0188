import type { PutAccountPolicyCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { invalidParameter } from './errors.ts';

type JsonObject = Record<string, unknown>;

const NO_GRAMMAR =
  'Error occurred while parsing accessPolicy. Please check if the accessPolicy has been constructed correctly using IAM grammar.';
const MOST_FIELDS = 20;
const PROTECTION_VERSION = '2021-06-01';
const IDENTIFIER = /^arn:aws[\w-]*:dataprotection::aws:data-identifier\/[\w-]+$/;

function jsonObject(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectIn(text: string | undefined): JsonObject {
  const value = jsonObject(text);
  if (!value) throw invalidParameter('Invalid policy document: it has to be a JSON object.');
  return value;
}

/** A policy that says who may use a resource. */
export function checkAccessPolicy(text: string | undefined): void {
  const document = jsonObject(text);
  if (document?.Version === undefined || document.Statement === undefined) throw invalidParameter(NO_GRAMMAR);
}

export function checkIndexPolicy(text: string | undefined): void {
  const { Fields, FieldsV2 } = objectIn(text);
  const count = (Array.isArray(Fields) ? Fields.length : 0) + Object.keys(FieldsV2 ?? {}).length;
  if (count > MOST_FIELDS) {
    throw invalidParameter(`Policy document contains more than ${MOST_FIELDS} fields.`);
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-start.html */
export function checkDataProtectionPolicy(text: string | undefined): void {
  const { Version, Statement, Configuration } = objectIn(text);
  if (Version !== PROTECTION_VERSION) {
    throw invalidParameter(`Policy Version must be ${PROTECTION_VERSION}`);
  }
  const statements = Array.isArray(Statement) ? Statement.filter(isObject) : [];
  const operations = statements.map(({ Operation }) => (isObject(Operation) ? Operation : {}));
  const audits = operations.filter(({ Audit }) => isObject(Audit));
  const masks = operations.flatMap(({ Deidentify }) => (isObject(Deidentify) ? [Deidentify] : []));
  if (statements.length !== 2 || audits.length !== 1 || masks.length !== 1) {
    throw invalidParameter(
      'Policy can only have two statements. One for Audit Operation and one for Deidentify Operation',
    );
  }
  const [ofAudit = [], ofMask = []] = statements.map(({ DataIdentifier }) => namesIn(DataIdentifier));
  if (ofAudit.join() !== ofMask.join()) {
    throw invalidParameter('Audit Statement and Deidentify Statement must have the same Data Identifiers');
  }
  const own = isObject(Configuration) ? customNames(Configuration.CustomDataIdentifier) : [];
  const unknown = ofAudit.find((name) => !IDENTIFIER.test(name) && !own.includes(name));
  if (unknown !== undefined) throw invalidParameter(`${unknown} is not a valid Data Identifier`);
  const surplus = Object.keys(masks[0]!.MaskConfig ?? {})[0];
  if (surplus !== undefined) throw invalidParameter(`${surplus} is not a valid field`);
}

function namesIn(identifiers: unknown): string[] {
  return Array.isArray(identifiers) ? identifiers.map(String).sort() : [];
}

function customNames(custom: unknown): string[] {
  return Array.isArray(custom) ? custom.filter(isObject).map(({ Name }) => String(Name)) : [];
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html */
export function checkAccountPolicy(input: PutAccountPolicyCommandInput): void {
  const { policyDocument, policyType, selectionCriteria } = input;
  checkSelection(policyType!, selectionCriteria);
  if (policyType === 'DATA_PROTECTION_POLICY') checkDataProtectionPolicy(policyDocument);
  else if (policyType === 'FIELD_INDEX_POLICY') checkIndexPolicy(policyDocument);
  else if (policyType === 'TRANSFORMER_POLICY') checkTransformerPolicy(policyDocument);
  else if (policyType === 'SUBSCRIPTION_FILTER_POLICY') checkSubscriptionPolicy(policyDocument);
  else objectIn(policyDocument);
}

function checkSubscriptionPolicy(text: string | undefined): void {
  const document = jsonObject(text);
  if (!document || !isTextIfAny(document.FilterPattern)) {
    throw invalidParameter('Malformed Subscription filter policy');
  }
  // AWS has left out the space.
  if (typeof document.DestinationArn !== 'string') {
    throw invalidParameter('MissingDestinationArnfield in policy document');
  }
}

function isTextIfAny(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function checkTransformerPolicy(text: string | undefined): void {
  if (!/^\s*\[.*\]\s*$/s.test(text ?? '')) throw invalidParameter('Invalid json transformer config provided');
}

const SELECTIONS: Readonly<Record<string, { form: RegExp; problem: string }>> = {
  SUBSCRIPTION_FILTER_POLICY: {
    form: /^\s*LogGroupName\s+NOT\s+IN\s*\[.*\]\s*$/s,
    problem: 'The provided SelectionCriteria string is invalid.',
  },
  FIELD_INDEX_POLICY: {
    form: /^\s*(?:LogGroupNamePrefix|DataSourceName)\b/,
    problem: 'Invalid selection criteria provided.',
  },
  TRANSFORMER_POLICY: {
    form: /^\s*LogGroupNamePrefix\b/,
    problem: 'Invalid selection criteria provided.',
  },
};

function checkSelection(policyType: string, criteria: string | undefined): void {
  if (criteria === undefined) return;
  if (policyType === 'DATA_PROTECTION_POLICY') {
    throw invalidParameter(
      'SelectionCriteria is not yet supported for the DATA_PROTECTION_POLICY policy type.',
    );
  }
  const allowed = SELECTIONS[policyType];
  if (allowed && !allowed.form.test(criteria)) throw invalidParameter(allowed.problem);
}
