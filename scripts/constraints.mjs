// Writes src/services/<service>/constraints.json from AWS's public API models, as botocore carries them:
// `node scripts/constraints.mjs <botocore's data folder> lambda iam …`. The SDK's schemas leave constraints out. With
// `--check` it writes nothing and fails where a file is not what the model says.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const check = process.argv.includes('--check');
const [data, ...services] = process.argv.slice(2).filter((argument) => argument !== '--check');
if (!data || services.length === 0) {
  console.error('usage: node scripts/constraints.mjs [--check] <botocore data folder> <service> …');
  process.exit(2);
}
for (const service of services) {
  const constraints = constraintsOf(readModel(join(data, service)), service);
  const target = join(import.meta.dirname, '..', 'src', 'services', service, 'constraints.json');
  const text = layOut(constraints);
  if (check && readFileSync(target, 'utf8') !== text) {
    console.error(`${service}: constraints.json is not what the model says`);
    process.exitCode = 1;
  }
  if (!check) writeFileSync(target, text);
  console.log(`${service}: constraints of ${Object.keys(constraints).length} shapes`);
}

function readModel(folder) {
  const newest = readdirSync(folder).sort().at(-1);
  return JSON.parse(gunzipSync(readFileSync(join(folder, newest, 'service-2.json.gz'))).toString());
}

/** Shape → member → constraint, for what inputs are made of. `Name[]` is of a list's items, `{}` and `{=}` of a map's keys and values. */
function constraintsOf({ shapes, operations }, service) {
  const found = {};
  const visit = (name) => {
    const shape = shapes[name];
    if (shape.type === 'list') return visit(shape.member.shape);
    if (shape.type === 'map') return visit(shape.value.shape);
    if (shape.type !== 'structure' || found[name]) return;
    const members = {};
    found[name] = members;
    for (const [member, { shape: inner }] of Object.entries(shape.members)) {
      const target = shapes[inner];
      add(members, member, constraintOf(target));
      if (target.type === 'list') add(members, `${member}[]`, itemOf(target.member.shape, shapes, service));
      if (target.type === 'map') {
        add(members, `${member}{}`, itemOf(target.key.shape, shapes, service));
        add(members, `${member}{=}`, itemOf(target.value.shape, shapes, service));
      }
      visit(inner);
    }
  };
  for (const { input } of Object.values(operations)) if (input) visit(input.shape);
  return Object.fromEntries(
    Object.entries(found)
      .filter(([, members]) => Object.keys(members).length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function add(members, name, constraint) {
  if (constraint && Object.keys(constraint).length > 0) members[name] = constraint;
}

function constraintOf({ type, min, max, pattern, enum: values }) {
  const number = ['integer', 'long', 'float', 'double'].includes(type);
  const [least, most] = number ? ['min', 'max'] : ['minLength', 'maxLength'];
  return {
    ...(min === undefined ? {} : { [least]: min }),
    ...(max === undefined ? {} : { [most]: max }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(values === undefined ? {} : { values }),
  };
}

/** Structures are checked by their own members. */
function itemOf(name, shapes, service) {
  const shape = shapes[name];
  if (['structure', 'list', 'map'].includes(shape.type)) return undefined;
  const constraint = constraintOf(shape);
  const any = Object.keys(constraint).length > 0;
  return any && saysNotNull(service, name) ? { ...constraint, notNull: true } : constraint;
}

/** Whether the service says in its messages that there must be an item. */
function saysNotNull(service, item) {
  if (service === 'lambda') return item !== 'EnvironmentVariableName';
  return service === 'iam' && item === 'tagKeyType';
}

/** A member a line: what a reader looks for and what a change shows. */
function layOut(constraints) {
  const shapes = Object.entries(constraints).map(([shape, members]) => {
    const lines = Object.entries(members).map(
      ([name, rule]) => `    ${JSON.stringify(name)}: ${JSON.stringify(rule)}`,
    );
    return `  ${JSON.stringify(shape)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n${shapes.join(',\n')}\n}\n`;
}
