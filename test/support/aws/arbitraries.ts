import { NumericValue } from '@smithy/core/serde';
import fc, { type Arbitrary } from 'fast-check';
import type { ProtocolName } from '../../../src/aws/shapes/model.ts';
import type { Member, Shape, Traits } from '../../../src/aws/shapes/shape.ts';

type Place = 'body' | 'header' | 'label' | 'query' | 'event header';

export interface ValueOptions {
  protocol: ProtocolName;
  /** What is in an answer passes through the SDK's XML reader, which takes blank text with a line end for none. */
  direction: 'input' | 'output';
}

const DEEPEST = 4;
const SECOND = 1000;

/** Values of a shape, as an SDK takes or gives them. */
export function valuesOf(shape: Shape, options: ValueOptions): Arbitrary<unknown> {
  return value(shape, 'body', options, 0);
}

function value(shape: Shape, place: Place, options: ValueOptions, depth: number): Arbitrary<unknown> {
  switch (shape.kind) {
    case 'structure':
      return structure(shape, options, depth);
    case 'list':
      return fc.array(value(shape.element, place, options, depth + 1), { minLength: 1, maxLength: 3 });
    case 'map':
      return fc.dictionary(keys(place, options), value(shape.element, place, options, depth + 1), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      });
    case 'string':
      return text(place, options, shape);
    case 'boolean':
      return fc.boolean();
    case 'number':
      return place === 'event header' ? fc.integer({ min: 0, max: 2 ** 31 - 1 }) : number();
    case 'bigInteger':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n });
    case 'bigDecimal':
      return fc.constantFrom('0.1', '12345678901234567890.5').map((n) => new NumericValue(n, 'bigDecimal'));
    case 'blob':
      return fc.uint8Array({ maxLength: 40 });
    case 'timestamp':
      return timestamp(shape, place);
    case 'document':
      return fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.boolean(), fc.integer()), {
        noNullPrototype: true,
      });
    case 'unit':
      return fc.constant({});
  }
}

function structure(shape: Shape, options: ValueOptions, depth: number): Arbitrary<unknown> {
  const members = shape.members.filter(
    ({ shape: member, required }) => required || depth < DEEPEST || isSimple(member),
  );
  if (shape.union && members.length > 0) {
    return fc.oneof(
      ...members.map((member) =>
        memberValue(member, options, depth).map((inner) => ({ [member.name]: inner })),
      ),
    );
  }
  // As one record of all members, of which a few are set: structures of EC2 have more than a hundred.
  const required = members.filter(({ shape: { traits }, required }) => required || alwaysThere(traits));
  const optional = members.filter((member) => !required.includes(member));
  return fc
    .subarray(optional, { maxLength: Math.min(optional.length, depth === 0 ? 12 : 4) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...required, ...chosen].map((member) => [member.name, memberValue(member, options, depth)]),
        ),
      ),
    );
}

function memberValue(member: Member, options: ValueOptions, depth: number): Arbitrary<unknown> {
  const { name, shape } = member;
  const { traits } = shape;
  if (options.protocol === 'rest-xml' && name === 'Bucket' && traits.httpLabel) {
    return fc.stringMatching(/^[a-z][a-z0-9-]{2,20}$/);
  }
  if (traits.httpResponseCode) return fc.constantFrom(200, 201, 202, 206);
  if (traits.httpPrefixHeaders !== undefined) {
    return fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/), text('header', options, shape.element), {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    });
  }
  return value(shape, placeOf(member), options, depth + 1);
}

/** Labels, for a path that can be found; and what HTTP fills in by itself. */
function alwaysThere({ httpLabel, httpResponseCode, httpHeader }: Traits): boolean {
  return Boolean(httpLabel || httpResponseCode || httpHeader?.toLowerCase() === 'content-type');
}

function placeOf({ shape: { traits } }: Member): Place {
  if (traits.httpHeader !== undefined) return 'header';
  if (traits.httpLabel) return 'label';
  if (traits.httpQuery !== undefined || traits.httpQueryParams) return 'query';
  return traits.eventHeader ? 'event header' : 'body';
}

function isSimple({ kind }: Shape): boolean {
  return kind !== 'structure' && kind !== 'list' && kind !== 'map';
}

/** Any text; in headers what HTTP carries. */
function text(place: Place, { protocol, direction }: ValueOptions, { traits }: Shape): Arbitrary<string> {
  if (traits.mediaType === 'application/json') return fc.json();
  if (place === 'header') return fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  const any = fc.string({ unit: 'binary', minLength: place === 'body' ? 0 : 1, maxLength: 20 });
  const xml = protocol === 'query' || protocol === 'ec2-query' || protocol === 'rest-xml';
  return xml && direction === 'output' ? any.filter((it) => it.trim() !== '' || !/[\n\r]/.test(it)) : any;
}

function keys(place: Place, options: ValueOptions): Arbitrary<string> {
  if (place !== 'body') return fc.stringMatching(/^own-[a-z]{1,9}$/);
  const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
  const plain = any.filter((key) => key !== '__proto__' && key !== '__type');
  return options.direction === 'output' ? plain.filter((key) => key.trim() !== '') : plain;
}

function number(): Arbitrary<number> {
  return fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((it) => (it === 0 ? 0 : it)),
  );
}

function timestamp({ timestampFormat }: Shape, place: Place): Arbitrary<Date> {
  const whole = timestampFormat === 'http-date' || (place === 'header' && timestampFormat === undefined);
  return fc
    .integer({ min: 0, max: 4_102_444_800_000 })
    .map((ms) => new Date(whole ? Math.floor(ms / SECOND) * SECOND : ms));
}
