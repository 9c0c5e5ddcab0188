import { MalformedValue } from '../errors.ts';

export interface XmlElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** All text directly in it. */
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Nothing that AWS's APIs take is nested as deep as this. */
const DEEPEST = 100;
const TAG =
  /<(?:(\/)\s*([^\s/>]+)\s*|([^\s/>!?][^\s/>]*)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/)?)>/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Parses the XML that clients send: elements, attributes, text, CDATA. Document types, and with them entities of one's
 * own, are refused. In time and memory linear in its length.
 *
 * @throws MalformedValue
 */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open: XmlElement[] = [root];
  let at = 0;
  while (at < source.length) {
    const next = source.indexOf('<', at);
    const parent = open.at(-1)!;
    if (next !== at) {
      parent.text += decodeEntities(source.slice(at, next === -1 ? undefined : next));
      if (next === -1) break;
      at = next;
    }
    const skipped = skipMarkup(source, at, parent);
    at = skipped ?? readTag(source, at, open);
  }
  if (open.length > 1) throw malformed();
  const [document] = root.children;
  if (!document || root.children.length > 1 || root.text.replace('\ufeff', '').trim() !== '')
    throw malformed();
  return document;
}

/** Comments and instructions, which say nothing, and CDATA, which is text. Where it ends; undefined for a tag. */
function skipMarkup(source: string, at: number, parent: XmlElement): number | undefined {
  if (source.startsWith('<!--', at)) return endOf(source, '-->', at + 4);
  if (source.startsWith('<?', at)) return endOf(source, '?>', at + 2);
  if (!source.startsWith('<![CDATA[', at)) return undefined;
  const end = endOf(source, ']]>', at + 9);
  parent.text += normalizeLines(source.slice(at + 9, end - 3));
  return end;
}

function readTag(source: string, at: number, open: XmlElement[]): number {
  TAG.lastIndex = at;
  const match = TAG.exec(source);
  if (!match) throw malformed();
  const [, closing, closed, name, attributes, empty] = match;
  if (closing) {
    if (open.length === 1 || open.pop()!.name !== closed) throw malformed();
  } else {
    const element = { name: name!, attributes: readAttributes(attributes!), children: [], text: '' };
    open.at(-1)!.children.push(element);
    if (!empty) open.push(element);
    if (open.length > DEEPEST) throw malformed();
  }
  return TAG.lastIndex;
}

function readAttributes(source: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, double, single] of source.matchAll(ATTRIBUTE)) {
    attributes.set(name!, decodeEntities(double ?? single ?? ''));
  }
  return attributes;
}

function endOf(source: string, mark: string, from: number): number {
  const index = source.indexOf(mark, from);
  if (index === -1) throw malformed();
  return index + mark.length;
}

function decodeEntities(text: string): string {
  return normalizeLines(text).replace(/&([^;\s&]{0,10})(;?)/g, (_, name: string, end: string) => {
    const decoded = end === '' ? undefined : (character(name) ?? ENTITIES[name]);
    if (decoded === undefined) throw malformed();
    return decoded;
  });
}

function character(name: string): string | undefined {
  const match = /^#(?:x([\da-fA-F]+)|(\d+))$/.exec(name);
  if (!match) return undefined;
  const code = match[1] ? Number.parseInt(match[1], 16) : Number(match[2]);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** As XML asks: a carriage return counts only where it is written as an entity. */
function normalizeLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function malformed(): MalformedValue {
  return new MalformedValue(
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
