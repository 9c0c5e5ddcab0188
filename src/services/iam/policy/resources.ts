const PARTITION = /^aws(-[a-z-]+)?$/;
const IAM_PATH =
  /^(\*|root|(user|federated-user|role|group|instance-profile|mfa|server-certificate|policy|sms-mfa|saml-provider|oidc-provider|report|access-report)\/.*)$/s;
const IAM_PATHS =
  'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.';

/** What AWS has to say against a resource of a policy; undefined where it is right. */
export function resourceProblem(resource: string): string | undefined {
  if (resource === '*') return undefined;
  if (!resource.includes(':')) return `Resource ${resource} must be in ARN format or "*".`;
  const [partition, vendor, region, , path] = partsOf(resource);
  if (!PARTITION.test(partition) && partition !== '*') {
    const whole = ['arn', ...partsOf(resource)].join(':');
    return `Partition "${partition}" is not valid for resource "${whole}".`;
  }
  if (/[*?]/.test(vendor)) return 'Resource vendor must be fully qualified and cannot contain regexes.';
  const hasRegion = region !== '' && region !== '*';
  if (vendor === 'iam') {
    if (hasRegion) return `IAM resource ${resource} cannot contain region information.`;
    return IAM_PATH.test(path) || /^[*?]/.test(path) || path.includes('*') ? undefined : IAM_PATHS;
  }
  if (vendor === 's3' && hasRegion && !/^accesspoint\//.test(path)) {
    return `Resource ${resource} can not contain region information.`;
  }
  return undefined;
}

/** AWS's older parser looks at resources, too, and does not say what it finds. */
export function failsLegacyParsing(resource: string): boolean {
  if (!resource.includes(':')) return false;
  const [partition, vendor, , account] = partsOf(resource);
  return PARTITION.test(partition) && (vendor === '' || !/^(\d{12}|aws|[\w]*[*?][\w*?]*)?$/.test(account));
}

/** Behind the first colon; what is missing is `*`. */
function partsOf(resource: string): [string, string, string, string, string] {
  const [, partition = '*', vendor = '*', region = '*', account = '*', ...path] = resource.split(':');
  return [partition, vendor, region, account, path.length === 0 ? '*' : path.join(':')];
}
