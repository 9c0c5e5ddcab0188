import { expect, it } from 'vitest';
import { HeaderNames } from '../../../../src/daemon/lane/header-names.ts';

it('tells what a header means, however it is spelled and whatever was asked before', () => {
  const names = new HeaderNames();
  for (let n = 0; n < 1_000; n++) expect(names.meaning(`Made-Up-${n}`)).toBe('');
  for (const _ of [1, 2]) {
    expect(['Host', 'HOST', 'X-Amz-Log-Type'].map((name) => names.meaning(name))).toEqual([
      'host',
      'host',
      'x-amz-log-type',
    ]);
    expect(['User-Agent', 'X-Amz-Date', ''].map((name) => names.meaning(name))).toEqual(['', '', '']);
    const unusual = ['Expect', 'Transfer-Encoding', 'Sec-Fetch-Site', 'X-Amz-Client-Context', 'Origin'];
    expect(unusual.map((name) => names.meaning(name))).toEqual(unusual.map(() => undefined));
  }
});
