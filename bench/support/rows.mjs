/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} value
 * @property {string} unit
 * @property {number} [bare] the same of what it is compared with in this run, such as a bare Node server
 * @property {number} [ratio] median of the rounds' ratios; `value / bare` where there are no rounds
 * @property {{ low: number, high: number }} [spread] the middle half of the rounds' ratios
 * @property {string} [aim]
 * @property {boolean} [met]
 * @property {boolean} [unclear] the rounds disagree about it
 * @property {string} [note]
 *
 * @typedef {object} Bench what every measurement is given
 * @property {string} cli the built product's entry
 * @property {boolean} quick fewer rounds
 * @property {number} functions how many functions a measurement of many starts
 * @property {string} [baseImages] what images are built from, as `lambdock start --base-images` takes it
 * @property {import('./scope.mjs').Scope} scope closed after the measurement
 */

/**
 * A row with an aim for its value.
 * @param {Row} row
 * @param {number} limit
 * @returns {Row}
 */
export function atMost(row, limit) {
  return { ...row, aim: `≤ ${formatNumber(limit)} ${row.unit}`.trim(), met: row.value <= limit };
}

/**
 * A row with an aim for its ratio to the bare server.
 * @param {Row} row
 * @param {number} limit
 * @returns {Row}
 */
export function atMostTimes(row, limit) {
  return { ...row, aim: `≤ ${limit}x`, met: ratioOf(row) <= limit, unclear: straddles(row.spread, limit) };
}

/**
 * A row with an aim for its ratio to the bare server, of something that there should be much of.
 * @param {Row} row
 * @param {number} limit
 * @returns {Row}
 */
export function atLeastTimes(row, limit) {
  return { ...row, aim: `≥ ${limit}x`, met: ratioOf(row) >= limit, unclear: straddles(row.spread, limit) };
}

/**
 * @param {string} title
 * @param {Row[]} rows
 * @param {string} beside what the values are compared with
 * @returns {string} an aligned table
 */
export function formatTable(title, rows, beside) {
  const cells = rows.map((row) => {
    const { name, value, unit, bare, spread, aim = '', note = '' } = row;
    const compared = bare !== undefined && bare > 0;
    return [
      name,
      `${formatNumber(value)} ${unit}`.trim(),
      bare === undefined ? '' : formatNumber(bare),
      compared ? `${ratioOf(row).toFixed(2)}x` : '',
      spread ? `${spread.low.toFixed(2)}–${spread.high.toFixed(2)}` : '',
      aim,
      verdict(row),
      note,
    ];
  });
  const lines = [[title, 'value', beside, 'ratio', 'middle half', 'aim', '', ''], ...cells];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const isNumber = (/** @type {number} */ column) => column >= 1 && column <= 4;
  const formatted = lines.map((line) =>
    line
      .map((cell, at) => (isNumber(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
      .join('  ')
      .trimEnd(),
  );
  return [formatted[0], '-'.repeat(formatted[0].length), ...formatted.slice(1)].join('\n');
}

/**
 * Whether the middle half of the rounds lies on both sides of a limit.
 * @param {Row['spread']} spread
 * @param {number} limit
 */
export function straddles(spread, limit) {
  return spread !== undefined && spread.low <= limit && spread.high > limit;
}

/** @param {Row} row */
function verdict({ met, unclear }) {
  if (met === undefined) return '';
  return `${met ? 'met' : 'MISSED'}${unclear ? ', unclear' : ''}`;
}

/** @param {Row} row */
function ratioOf({ ratio, value, bare = Number.NaN }) {
  return ratio ?? value / bare;
}

/** @param {number} value */
function formatNumber(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toFixed(Math.abs(value) >= 10 ? 1 : 2)));
}
