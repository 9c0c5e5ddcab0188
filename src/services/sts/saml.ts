import { ExpiredTokenException, InvalidIdentityTokenException } from '@aws-sdk/client-sts';
import { readBase64 } from '../../aws/values/text.ts';
import { parseXml, type XmlElement } from '../../aws/values/xml-parser.ts';

/** What STS takes out of a SAML answer. */
export interface SamlAssertion {
  issuer: string;
  subject: string;
  /** The format of `subject`, without SAML's own prefix. */
  subjectType: string;
  recipient: string;
  sessionName: string;
  sourceIdentity: string | undefined;
  sessionDuration: number | undefined;
}

const ATTRIBUTES = 'https://aws.amazon.com/SAML/Attributes/';
const NAME_FORMAT = /^urn:oasis:names:tc:SAML:[\d.]+:nameid-format:/;

/**
 * Reads an assertion. Its signature is not verified, as there is no identity provider to ask.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
 *
 * @throws InvalidIdentityTokenException, ExpiredTokenException
 */
export function readAssertion(encoded: string, now: number): SamlAssertion {
  const assertion = find(parse(encoded), 'Assertion');
  if (!assertion) throw invalid('The SAML response must contain an assertion');
  const issuer = textOf(find(assertion, 'Issuer'));
  const nameId = find(assertion, 'NameID');
  const confirmation = find(assertion, 'SubjectConfirmationData');
  const sessionName = attribute(assertion, 'RoleSessionName');
  if (!issuer) throw invalid('Issuer not present in specified provider');
  if (!nameId) throw invalid('Missing subject in specified token');
  if (!sessionName) throw invalid('RoleSessionName is required in AuthnResponse');
  const end = confirmation?.attributes.get('NotOnOrAfter');
  if (end !== undefined && Date.parse(end) <= now) {
    throw new ExpiredTokenException({
      message: 'Token must be redeemed within 5 minutes of issuance',
      $metadata: {},
    });
  }
  const duration = Number(attribute(assertion, 'SessionDuration'));
  return {
    issuer,
    subject: textOf(nameId)!,
    subjectType: (nameId.attributes.get('Format') ?? 'unspecified').replace(NAME_FORMAT, ''),
    recipient: confirmation?.attributes.get('Recipient') ?? '',
    sessionName,
    sourceIdentity: attribute(assertion, 'SourceIdentity'),
    sessionDuration: Number.isInteger(duration) && duration > 0 ? duration : undefined,
  };
}

function parse(encoded: string): XmlElement {
  try {
    return parseXml(Buffer.from(readBase64(encoded)).toString('utf8'));
  } catch {
    throw invalid('Invalid base64 SAMLResponse');
  }
}

function attribute(assertion: XmlElement, name: string): string | undefined {
  const found = all(assertion, 'Attribute').find(
    (candidate) => candidate.attributes.get('Name') === ATTRIBUTES + name,
  );
  return textOf(found && find(found, 'AttributeValue'));
}

/** The element itself or the first below it that is called so, whatever prefix the provider uses. */
function find(element: XmlElement, name: string): XmlElement | undefined {
  return all(element, name)[0];
}

function all(element: XmlElement, name: string): XmlElement[] {
  const own = element.name.replace(/^.*:/, '') === name ? [element] : [];
  return [...own, ...element.children.flatMap((child) => all(child, name))];
}

function textOf(element: XmlElement | undefined): string | undefined {
  const text = element?.text.trim();
  return text === '' ? undefined : text;
}

function invalid(message: string): InvalidIdentityTokenException {
  return new InvalidIdentityTokenException({ message, $metadata: {} });
}
