import { expect, test } from 'vitest';
import { findRequirement, ownRequirements } from '../../../src/execution/runtimes/requirements.ts';

const RUNTIME = 'flask==3.1.3\nwerkzeug==3.1.9\n';

test('without requirements of the function the runtime’s are installed', () => {
  expect(ownRequirements(RUNTIME, '')).toEqual(['flask==3.1.3', 'werkzeug==3.1.9']);
});

test('a package that the function pins is the function’s choice, however it is written', () => {
  expect(ownRequirements(RUNTIME, 'requests\nFlask [async] >= 2 # ours\n')).toEqual(['werkzeug==3.1.9']);
  expect(ownRequirements('my-pkg==1', 'My_Pkg==2')).toEqual([]);
  expect(ownRequirements(RUNTIME, '# flask\n-r flask.txt\nflask-cors')).toHaveLength(2);
});

test('a requirement is found by name', () => {
  expect(findRequirement('# a\n\nrequests>=2\nMy.Pkg', 'my-pkg')).toBe(4);
  expect(findRequirement('requests', 'request')).toBeUndefined();
});
