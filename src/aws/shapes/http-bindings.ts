import type { Member } from './shape.ts';

/** Where the http traits put the members of a structure: looked up once, as each answer asks for it. */
export interface HttpBindings {
  /** With the names of their headers in lower case. */
  readonly headers: readonly (readonly [header: string, member: Member])[];
  /** Maps whose keys follow a prefix. */
  readonly prefixes: readonly (readonly [prefix: string, member: Member])[];
  /** The member that is the whole body. */
  readonly payload: Member | undefined;
  /** The member that is the status. */
  readonly status: Member | undefined;
  /** Whether there is a header for the type of the body. */
  readonly tellsType: boolean;
}

/** https://smithy.io/2.0/spec/http-bindings.html */
export function bindingsOf(members: readonly Member[]): HttpBindings {
  const headers: [string, Member][] = [];
  const prefixes: [string, Member][] = [];
  for (const member of members) {
    const { httpHeader, httpPrefixHeaders } = member.shape.traits;
    if (httpHeader !== undefined) headers.push([httpHeader.toLowerCase(), member]);
    else if (httpPrefixHeaders !== undefined) prefixes.push([httpPrefixHeaders.toLowerCase(), member]);
  }
  return {
    headers,
    prefixes,
    payload: members.find(({ shape }) => shape.traits.httpPayload),
    status: members.find(({ shape }) => shape.traits.httpResponseCode),
    tellsType: headers.some(([header]) => header === 'content-type'),
  };
}
