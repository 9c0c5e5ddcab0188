import { MalformedValue } from '../errors.ts';
import type { Member, Shape } from '../shapes/shape.ts';
import { readText, writeText } from './text.ts';
import { setOwn } from './tree.ts';
import type { XmlElement } from './xml-parser.ts';

const FORMAT = 'date-time';

/** Reads the children of an element as the members of a structure. Those that the schema does not know are dropped. */
export function readXmlStructure(
  shape: Shape,
  element: XmlElement,
  keep: (member: Member) => boolean = () => true,
): Record<string, unknown> {
  const byName = new Map<string, XmlElement[]>();
  for (const child of element.children) {
    const local = localName(child.name);
    const same = byName.get(local);
    if (same) same.push(child);
    else byName.set(local, [child]);
  }
  const result: Record<string, unknown> = {};
  for (const member of shape.members) {
    if (!keep(member)) continue;
    const name = memberName(member);
    if (member.shape.traits.xmlAttribute) {
      const text = element.attributes.get(name);
      if (text !== undefined) result[member.name] = readText(member.shape, text, FORMAT);
    } else {
      const elements = byName.get(name);
      if (elements) result[member.name] = readMember(member.shape, elements);
    }
  }
  return result;
}

export function readXml(shape: Shape, element: XmlElement): unknown {
  switch (shape.kind) {
    case 'structure':
      return readXmlStructure(shape, element);
    case 'list':
      return element.children
        .filter(({ name }) => localName(name) === elementName(shape))
        .map((child) => readXml(shape.element, child));
    case 'map':
      return readEntries(
        shape,
        element.children.filter(({ name }) => localName(name) === 'entry'),
      );
    case 'unit':
      return {};
    default:
      if (element.children.length > 0) throw new MalformedValue('Unexpected element in a simple value');
      return readText(shape, element.text, FORMAT);
  }
}

/** Attributes and children of a structure's element. */
export function writeXmlStructure(
  shape: Shape,
  value: unknown,
  keep: (member: Member) => boolean = () => true,
): { attributes: string; content: string } {
  const source = value as Readonly<Record<string, unknown>>;
  let attributes = namespaceOf(shape);
  let content = '';
  for (const member of shape.members) {
    const inner = source[member.name];
    if (inner === undefined || inner === null || !keep(member)) continue;
    const name = memberName(member);
    if (member.shape.traits.xmlAttribute) {
      attributes += ` ${name}="${escapeXml(writeText(member.shape, inner, FORMAT))}"`;
    } else content += writeMember(member.shape, name, inner);
  }
  return { attributes, content };
}

/** An element called `name`. */
export function writeXml(shape: Shape, name: string, value: unknown): string {
  switch (shape.kind) {
    case 'structure': {
      const { attributes, content } = writeXmlStructure(shape, value);
      return element(name, content, attributes);
    }
    case 'list': {
      const items = present(value as unknown[]);
      return element(name, items.map((item) => writeXml(shape.element, elementName(shape), item)).join(''));
    }
    case 'map':
      return element(name, entries(shape, value, 'entry'));
    default:
      return element(name, escapeXml(writeText(shape, value, FORMAT)), namespaceOf(shape));
  }
}

export function element(name: string, content: string, attributes = ''): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

/** Also what XML could not hold otherwise: a carriage return would be read as a line feed, a NUL not at all. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r\u0085\u2028]|[^\P{Cc}\t\n\r]/gu, (char) => {
    switch (char) {
      case '&':
        return '&amp;';
      case '<':
        return '&lt;';
      case '>':
        return '&gt;';
      case '"':
        return '&quot;';
      default:
        return `&#x${char.codePointAt(0)!.toString(16).toUpperCase()};`;
    }
  });
}

/** The name of an element that no member gives one to: a root or a payload. */
export function rootName(shape: Shape): string {
  return shape.traits.xmlName ?? shape.name;
}

export function namespaceOf(shape: Shape): string {
  const [prefix, uri] = shape.traits.xmlNamespace ?? [];
  return uri === undefined ? '' : ` xmlns${prefix ? `:${prefix}` : ''}="${escapeXml(uri)}"`;
}

function readMember(shape: Shape, elements: readonly XmlElement[]): unknown {
  if (shape.traits.xmlFlattened && shape.kind === 'list') {
    return elements.map((item) => readXml(shape.element, item));
  }
  if (shape.traits.xmlFlattened && shape.kind === 'map') return readEntries(shape, elements);
  return readXml(shape, elements[0]!);
}

function writeMember(shape: Shape, name: string, value: unknown): string {
  if (shape.traits.xmlFlattened && shape.kind === 'list') {
    return present(value as unknown[])
      .map((item) => writeXml(shape.element, name, item))
      .join('');
  }
  if (shape.traits.xmlFlattened && shape.kind === 'map') return entries(shape, value, name);
  return writeXml(shape, name, value);
}

function readEntries(shape: Shape, elements: readonly XmlElement[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const entry of elements) {
    const child = (name: string) => entry.children.find((candidate) => localName(candidate.name) === name);
    const key = child(keyName(shape));
    const value = child(valueName(shape));
    if (!key || !value) throw new MalformedValue('An entry of a map lacks its key or its value');
    setOwn(result, key.text, readXml(shape.element, value));
  }
  return result;
}

function entries(shape: Shape, value: unknown, name: string): string {
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([, item]) => item !== undefined && item !== null)
    .map(([key, item]) =>
      element(
        name,
        element(keyName(shape), escapeXml(key)) + writeXml(shape.element, valueName(shape), item),
      ),
    )
    .join('');
}

function present(items: readonly unknown[]): unknown[] {
  return items.filter((item) => item !== undefined && item !== null);
}

function memberName({ name, shape }: Member): string {
  return shape.memberTraits.xmlName ?? name;
}

function elementName(list: Shape): string {
  return list.element.traits.xmlName ?? 'member';
}

function keyName(map: Shape): string {
  return map.key.traits.xmlName ?? 'key';
}

function valueName(map: Shape): string {
  return map.element.traits.xmlName ?? 'value';
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
