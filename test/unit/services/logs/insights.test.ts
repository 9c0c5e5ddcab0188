import { describe, expect, test } from 'vitest';
import { QueryError } from '../../../../src/services/logs/insights/lexer.ts';
import { type ResultField, RunningQuery } from '../../../../src/services/logs/insights/query.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

interface Options {
  group?: string;
  limit?: number;
}

/** The rows of a query over messages a minute apart, the last one first, without pointers. */
function run(query: string, messages: readonly (string | object)[], { group = 'app', limit }: Options = {}) {
  const running = new RunningQuery(query, { limit, now: START + 60 * MINUTE });
  for (const [index, message] of [...messages.entries()].reverse()) {
    const more = running.push({
      timestamp: START + index * MINUTE,
      ingested: START + index * MINUTE + 500,
      message: typeof message === 'string' ? message : JSON.stringify(message),
      stream: `stream-${index % 2}`,
      group,
      account: '000000000000',
      pointer: String(index),
    });
    if (!more) break;
  }
  return resultsOf(running).map((row) =>
    Object.fromEntries(row.filter(({ field }) => field !== '@ptr').map(({ field, value }) => [field, value])),
  );
}

function resultsOf(running: RunningQuery): ResultField[][] {
  const pieces = running.end();
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}

/** What one expression comes to for one message. */
function value(expression: string, message: string | object = '') {
  return run(`fields ${expression} as x | display x`, [message])[0]!.x;
}

const REQUESTS = [
  { path: '/a', status: 200, latency: 10, user: { name: 'ann' } },
  { path: '/b', status: 404, latency: 20, user: { name: 'bob' } },
  { path: '/a', status: 500, latency: 30.5, user: { name: 'ann' }, error: 'Timeout: no answer' },
  { path: '/a', status: 200, latency: 40 },
];

describe('what is shown', () => {
  test('time and message, where nothing is said, latest first', () => {
    expect(run('limit 2', ['one', 'two', 'three'])).toEqual([
      { '@timestamp': '2026-01-01 00:02:00.000', '@message': 'three' },
      { '@timestamp': '2026-01-01 00:01:00.000', '@message': 'two' },
    ]);
  });

  test('every field of the event', () => {
    expect(run('fields @timestamp, @ingestionTime, @logStream, @log, @message', ['one'])).toEqual([
      {
        '@timestamp': '2026-01-01 00:00:00.000',
        '@ingestionTime': '2026-01-01 00:00:00.500',
        '@logStream': 'stream-0',
        '@log': '000000000000:app',
        '@message': 'one',
      },
    ]);
  });

  test('fields of JSON by their path; those that are missing are left out', () => {
    expect(run('fields path, user.name, nothing | sort @timestamp asc | limit 1', REQUESTS)).toEqual([
      { path: '/a', 'user.name': 'ann' },
    ]);
    expect(value('list.1.k', { list: [0, { k: 'v' }] })).toBe('v');
    expect(value('`strange-name`', { 'strange-name': 5 })).toBe('5');
  });

  test('fields add up, display decides', () => {
    const message = { a: 1, b: 2, c: 3 };
    expect(run('fields a | fields b as z', [message])).toEqual([{ a: '1', z: '2' }]);
    expect(run('fields a, b | display c', [message])).toEqual([{ c: '3' }]);
    expect(run('fields a + b, a * 10 as ten', [message])).toEqual([{ 'a + b': '3', ten: '10' }]);
  });
});

describe('filter', () => {
  test.each([
    ['status = 200', 2],
    ['status != 200', 2],
    ['status >= 404', 2],
    ['status > 200 and status < 500', 1],
    ['status = 404 or latency > 35', 2],
    ['not status = 200', 2],
    ['not (status = 200 or status = 404)', 1],
    ['status in [200, 404]', 3],
    ['status not in [200, 404]', 1],
    ['path in ["/a"] and status like /^[45]/', 1],
    ['error like "Timeout"', 1],
    ["error like 'timeout'", 0],
    ['error like /(?i)timeout/', 1],
    ['error =~ /no\\s+answer/', 1],
    ['@message not like "user"', 1],
    ['ispresent(error)', 1],
    ['not ispresent(user.name)', 1],
    ['user.name = "ann"', 2],
    ['latency > 30.4 and latency < 31', 1],
    ['path = "/a" # and status = 404\n | filter status = 200', 2],
    ['strcontains(path, "b")', 1],
    ['status in []', 0],
  ])('%s: %i', (condition, count) => {
    expect(run(`filter ${condition} | display status`, REQUESTS)).toHaveLength(count);
  });
});

describe('sort, limit and dedup', () => {
  test('numbers as numbers, what is missing last', () => {
    const messages = [{ n: 10 }, { n: 9 }, {}, { n: '100' }];
    expect(run('display n | sort n', messages).map(({ n }) => n)).toEqual(['9', '10', '100', undefined]);
    expect(run('display n | sort n desc', messages).map(({ n }) => n)).toEqual(['100', '10', '9', undefined]);
  });

  test('by several keys', () => {
    const rows = run('display path, status | sort path desc, status asc', REQUESTS);
    expect(rows.map(({ status }) => status)).toEqual(['404', '200', '200', '500']);
  });

  test('a limit behind a sort picks the first of all', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => ({ n: (n * 7919) % 5_000 }));
    expect(run('display n | sort n asc | limit 3', many).map(({ n }) => n)).toEqual(['0', '1', '2']);
  });

  test('the limit of the request holds, too', () => {
    expect(run('fields status', REQUESTS, { limit: 1 })).toHaveLength(1);
  });

  test('dedup keeps the first', () => {
    expect(run('sort latency desc | dedup path | display path, latency', REQUESTS)).toEqual([
      { path: '/a', latency: '40' },
      { path: '/b', latency: '20' },
    ]);
  });
});

describe('parse', () => {
  const LINE = 'user=d1, method:x, latency := 0.4 ms';

  test('by a pattern with wildcards', () => {
    expect(
      run('parse @message "user=*, method:*, latency := * ms" as @user, @method, @latency', [LINE]),
    ).toEqual([{ '@user': 'd1', '@method': 'x', '@latency': '0.4' }]);
    expect(run('parse "latency := *" as rest | display rest', [LINE])).toEqual([{ rest: '0.4 ms' }]);
  });

  test('by a regular expression with names', () => {
    expect(
      run('parse @message /user=(?<user>\\w+),.*:= (?<ms>[\\d.]+)/ | filter ms < 1 | display user, ms', [
        LINE,
      ]),
    ).toEqual([{ user: 'd1', ms: '0.4' }]);
  });

  test('what does not match has no such fields', () => {
    expect(
      run('parse @message "user=*," as user | filter not ispresent(user) | display @message', [
        'other',
        LINE,
      ]),
    ).toEqual([{ '@message': 'other' }]);
  });

  test('of another field', () => {
    expect(
      run('parse error "*: *" as kind, text | filter ispresent(kind) | display kind, text', REQUESTS),
    ).toEqual([{ kind: 'Timeout', text: 'no answer' }]);
  });
});

describe('stats', () => {
  test('over all', () => {
    expect(
      run(
        'stats count(*), count(error), sum(latency) as total, avg(latency), min(latency), max(latency), count_distinct(path), stddev(status)',
        REQUESTS,
      ),
    ).toEqual([
      {
        'count(*)': '4',
        'count(error)': '1',
        total: '100.5',
        'avg(latency)': '25.125',
        'min(latency)': '10',
        'max(latency)': '40',
        'count_distinct(path)': '2',
        'stddev(status)': '130.4914',
      },
    ]);
  });

  test('by a field', () => {
    expect(run('stats count(*) as n, max(latency) by path | sort n desc', REQUESTS)).toEqual([
      { path: '/a', n: '3', 'max(latency)': '40' },
      { path: '/b', n: '1', 'max(latency)': '20' },
    ]);
  });

  test('by periods', () => {
    expect(run('stats count(*) by bin(2m) | sort @x', REQUESTS)).toEqual([
      { 'bin(2m)': '2026-01-01 00:02:00.000', 'count(*)': '2' },
      { 'bin(2m)': '2026-01-01 00:00:00.000', 'count(*)': '2' },
    ]);
    expect(run('stats count(*) by bin(1h) as hour, path | sort path', REQUESTS)).toEqual([
      { hour: '2026-01-01 00:00:00.000', path: '/a', 'count(*)': '3' },
      { hour: '2026-01-01 00:00:00.000', path: '/b', 'count(*)': '1' },
    ]);
  });

  test('percentiles', () => {
    const messages = Array.from({ length: 101 }, (_, n) => ({ n }));
    expect(run('stats pct(n, 50) as p50, pct(n, 95) as p95, pct(n, 99.9) as p999', messages)).toEqual([
      { p50: '50', p95: '95', p999: '99.9' },
    ]);
  });

  test('the earliest and the latest value', () => {
    expect(
      run('stats earliest(status), latest(status), sortsFirst(path), sortsLast(path)', REQUESTS),
    ).toEqual([
      {
        'earliest(status)': '200',
        'latest(status)': '200',
        'sortsFirst(path)': '/a',
        'sortsLast(path)': '/b',
      },
    ]);
  });

  test('in expressions, and once more over their own rows', () => {
    expect(run('stats sum(latency) / count(*) as mean by path | stats max(mean) as most', REQUESTS)).toEqual([
      { most: '26.8333' },
    ]);
    expect(run('stats sum(strcontains(error, "Timeout")) / count(*) * 100 as percent', REQUESTS)).toEqual([
      { percent: '25' },
    ]);
  });

  test('nothing comes of nothing', () => {
    expect(run('filter status = 1 | stats count(*)', REQUESTS)).toEqual([]);
  });
});

describe('functions', () => {
  test.each([
    ['abs(-3)', '3'],
    ['ceil(1.2)', '2'],
    ['floor(1.8)', '1'],
    ['sqrt(16)', '4'],
    ['log(1)', '0'],
    ['greatest(1, 5, 3)', '5'],
    ['least(4, 2)', '2'],
    ['2 + 3 * 4', '14'],
    ['(2 + 3) * 4', '20'],
    ['2 ^ 3 ^ 2', '512'],
    ['-2 + 7 % 4', '1'],
    ['10 / 4', '2.5'],
    ['1 / 0', undefined],
    ['1 / 3', '0.3333'],
    ['concat("a", 1, "b")', 'a1b'],
    ['strlen("häß")', '3'],
    ['toupper("aB")', 'AB'],
    ['tolower("aB")', 'ab'],
    ['trim("  a ")', 'a'],
    ['ltrim("xxa", "x")', 'a'],
    ['rtrim("axx", "x")', 'a'],
    ['substr("xyZfooxyZ", 3)', 'fooxyZ'],
    ['substr("xyZfooxyZ", 3, 4)', 'foox'],
    ['replace("foo-foo", "foo", "$&")', '$&-$&'],
    ['strcontains("abc", "b")', '1'],
    ['strcontains("abc", "z")', '0'],
    ['coalesce(nothing, "x")', 'x'],
    ['isempty("")', 'true'],
    ['isblank("  ")', 'true'],
    ['ispresent(@message)', 'true'],
    ['fromMillis(1767225600000)', '2026-01-01 00:00:00.000'],
    ['toMillis(@timestamp)', '1767225600000'],
    ['datefloor(@timestamp + 90000, 1m)', '2026-01-01 00:01:00.000'],
    ['dateceil(@timestamp + 90000, 1m)', '2026-01-01 00:02:00.000'],
    ['dateceil(@timestamp, 1mo)', '2026-01-01 00:00:00.000'],
    ['dateceil(@timestamp + 1, 1 month)', '2026-02-01 00:00:00.000'],
    ['bin(1d)', '2026-01-01 00:00:00.000'],
    ['now() - 3600', '1767225600'],
    ['isValidIp("::1")', 'true'],
    ['isValidIpV4("::1")', 'false'],
    ['isIpInSubnet("10.1.2.3", "10.0.0.0/8")', 'true'],
    ['isIpv4InSubnet("11.1.2.3", "10.0.0.0/8")', 'false'],
    ['isIpv6InSubnet("2001:db8::1", "2001:db8::/32")', 'true'],
    ['if(1 < 2, "yes", "no")', 'yes'],
  ])('%s = %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test('what jsonParse gives can be looked into', () => {
    expect(
      run('fields jsonParse(@message) as j | display j.a.b, jsonStringify(j.a)', ['{"a":{"b":[1]}}']),
    ).toEqual([{ 'j.a.b': '[1]', 'jsonStringify(j.a)': '{"b":[1]}' }]);
  });
});

describe("Lambda's logs", () => {
  const ID = '722f2ef0-658d-42cf-8b6c-8121034e2a0f';
  const LINES = [
    `START RequestId: ${ID} Version: $LATEST\n`,
    `2026-01-01T00:00:00.000Z\t${ID}\tINFO\t{"order": 7, "by": {"name": "ann"}}\n`,
    `END RequestId: ${ID}\n`,
    `REPORT RequestId: ${ID}\tDuration: 218.48 ms\tBilled Duration: 219 ms\tMemory Size: 128 MB\tMax Memory Used: 65 MB\tInit Duration: 248.95 ms\t\n`,
  ];
  const group = '/aws/lambda/f';

  test('reports are read', () => {
    const query =
      'filter @type = "REPORT" | display @requestId, @duration, @billedDuration, @memorySize, @maxMemoryUsed, @initDuration';
    expect(run(query, LINES, { group })).toEqual([
      {
        '@requestId': ID,
        '@duration': '218.48',
        '@billedDuration': '219',
        '@memorySize': '128000000',
        '@maxMemoryUsed': '65000000',
        '@initDuration': '248.95',
      },
    ]);
  });

  test('all lines of a request have its id, and JSON in them is found', () => {
    expect(run('filter @requestId like /722f2ef0/ | stats count(*) as n', LINES, { group })).toEqual([
      { n: '4' },
    ]);
    expect(run('filter order = 7 | display by.name', LINES, { group })).toEqual([{ 'by.name': 'ann' }]);
  });
});

describe('what can not be read', () => {
  test.each([
    ['fields', 'unexpected end of query at line 1 and position 7'],
    ['filter a = = 1', 'unexpected symbol found = at line 1 and position 12'],
    ['frobnicate x', 'unexpected symbol found frobnicate at line 1 and position 1'],
    ['fields a\n| sort by by', 'unexpected symbol found by at line 2 and position 11'],
    ['fields nofunction(a)', 'unexpected symbol found nofunction at line 1 and position 8'],
    ['filter avg(a) > 1', 'unexpected symbol found avg at line 1 and position 8'],
    ['filter a like /(/', 'Invalid regular expression ('],
    ['filter "open', 'unexpected symbol found "open at line 1 and position 8'],
    ['limit 0', 'unexpected symbol found 0 at line 1 and position 7'],
    ['parse @message "a * b *" as x', 'parse has 2 wildcards and 1 names for them'],
    ['fields concat()', 'Wrong number of arguments for concat'],
    ['fields a; fields b', 'unexpected symbol found ; at line 1 and position 9'],
    [`fields ${'('.repeat(5_000)}`, 'unexpected symbol found'],
    [`filter ${'not '.repeat(50_000)} a`, 'unexpected symbol found'],
  ])('%.60s', (query, message) => {
    expect(() => run(query, [])).toThrow(QueryError);
    expect(() => run(query, [])).toThrow(message);
  });
});
