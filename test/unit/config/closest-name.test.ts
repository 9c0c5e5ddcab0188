import { expect, it } from 'vitest';
import { closestName } from '../../../src/daemon/closest-name.ts';

const KNOWN = ['port', 'host', 'dataDir', 'requestTimeout'];

it.each([
  ['prot', 'port'],
  ['Port', 'port'],
  ['datadir', 'dataDir'],
  ['requesttimout', 'requestTimeout'],
  ['hosts', 'host'],
])('%s is most likely %s', (typed, meant) => {
  expect(closestName(typed, KNOWN)).toBe(meant);
});

it.each(['', 'xyz', 'completelydifferent'])('%j resembles nothing', (typed) => {
  expect(closestName(typed, KNOWN)).toBeUndefined();
});
