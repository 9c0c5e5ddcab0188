import { MalformedValue } from '../errors.ts';
import type { Member, Shape } from '../shapes/shape.ts';
import { readText } from './text.ts';
import { setOwn } from './tree.ts';

/** `A.member.1.B=x` as a tree of names. */
export interface QueryNode {
  value: string | undefined;
  readonly children: Map<string, QueryNode>;
}

/** How the query protocol and EC2's flavour of it name things. */
export interface QueryStyle {
  nameOf(member: Member): string;
  /** EC2 numbers the items of every list right behind its name. */
  flatLists: boolean;
}

export const AWS_QUERY: QueryStyle = {
  nameOf: ({ name, shape }) => shape.traits.xmlName ?? name,
  flatLists: false,
};

/** EC2's names begin with a capital where they are not given apart. */
export const EC2_QUERY: QueryStyle = {
  nameOf: ({ name, shape }) => {
    if (shape.traits.ec2QueryName) return shape.traits.ec2QueryName;
    const plain = shape.traits.xmlName ?? name;
    return plain.charAt(0).toUpperCase() + plain.slice(1);
  },
  flatLists: true,
};

const FORMAT = 'date-time';
const MOST_PARAMETERS = 100_000;
const DEEPEST = 64;

/** Parameters of a form or of a query string. @throws MalformedValue */
export function parseParameters(source: string): [name: string, value: string][] {
  if (source === '') return [];
  const pairs = source.split('&', MOST_PARAMETERS + 1);
  if (pairs.length > MOST_PARAMETERS) throw new MalformedValue('Too many parameters');
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1
        ? [decode(pair), '']
        : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    });
}

/** @throws MalformedValue */
export function queryTree(parameters: readonly (readonly [string, string])[]): QueryNode {
  const root = newNode();
  for (const [name, value] of parameters) {
    let node = root;
    const parts = name.split('.', DEEPEST + 1);
    if (parts.length > DEEPEST) throw new MalformedValue('A parameter’s name has too many parts');
    for (const part of parts) {
      let child = node.children.get(part);
      if (!child) {
        child = newNode();
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

export function readQueryStructure(
  style: QueryStyle,
  shape: Shape,
  node: QueryNode,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const member of shape.members) {
    const child = node.children.get(style.nameOf(member));
    const value = child && readNode(style, member.shape, child);
    if (value !== undefined) result[member.name] = value;
  }
  return result;
}

function readNode(style: QueryStyle, shape: Shape, node: QueryNode): unknown {
  switch (shape.kind) {
    case 'structure':
      return readQueryStructure(style, shape, node);
    case 'list':
      return readList(style, shape, node);
    case 'map':
      return readMap(style, shape, node);
    case 'unit':
      return {};
    case 'document':
      return readDocument(node);
    default:
      return node.value === undefined ? undefined : readText(shape, node.value, FORMAT);
  }
}

/** `Name=` is an empty list. A list that should have `member` in its names is also taken without, as by AWS. */
function readList(style: QueryStyle, shape: Shape, node: QueryNode): unknown[] | undefined {
  const named = shape.element.traits.xmlName ?? 'member';
  const flat = style.flatLists || shape.traits.xmlFlattened;
  const holder = flat ? node : (node.children.get(named) ?? node.children.get('member') ?? node);
  const items = numbered(holder).map((item) => readNode(style, shape.element, item));
  const present = items.filter((item) => item !== undefined);
  if (present.length > 0) return present;
  return node.value === '' ? [] : undefined;
}

function readMap(style: QueryStyle, shape: Shape, node: QueryNode): Record<string, unknown> | undefined {
  const holder = shape.traits.xmlFlattened ? node : (node.children.get('entry') ?? node);
  const keyName = shape.key.traits.xmlName ?? 'key';
  const valueName = shape.element.traits.xmlName ?? 'value';
  const result: Record<string, unknown> = {};
  for (const entry of numbered(holder)) {
    const key = entry.children.get(keyName)?.value;
    const value = entry.children.get(valueName);
    const read = value && readNode(style, shape.element, value);
    if (key === undefined || read === undefined) {
      throw new MalformedValue('An entry of a map lacks its key or its value');
    }
    setOwn(result, key, read);
  }
  return Object.keys(result).length > 0 || node.value === '' ? result : undefined;
}

function readDocument(node: QueryNode): unknown {
  if (node.children.size === 0) return node.value;
  const result: Record<string, unknown> = {};
  for (const [name, child] of node.children) setOwn(result, name, readDocument(child));
  return result;
}

/** Children called 1, 2, 3, … in that order. Numbers may be left out. */
function numbered(node: QueryNode): QueryNode[] {
  return [...node.children]
    .filter(([name]) => /^\d{1,9}$/.test(name))
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, child]) => child);
}

function newNode(): QueryNode {
  return { value: undefined, children: new Map() };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new MalformedValue('A parameter is not properly percent-encoded');
  }
}
