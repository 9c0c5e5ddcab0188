/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} value
 * @property {string} unit
 * @property {number} [bare] the same of a bare Node server in this run
 * @property {string} [aim]
 * @property {boolean} [met]
 * @property {string} [note]
 *
 * @typedef {object} Bench what every measurement is given
 * @property {string} cli the built product's entry
 * @property {boolean} quick fewer rounds
 * @property {import('./scope.mjs').Scope} scope closed after the measurement
 */

/**
 * A row with an aim for its value.
 * @param {Row} row
 * @param {number} limit
 * @returns {Row}
 */
export function atMost(row, limit) {
  return { ...row, aim: `≤ ${formatNumber(limit)} ${row.unit}`, met: row.value <= limit };
}

/**
 * A row with an aim for its ratio to the bare server.
 * @param {Row & { bare: number }} row
 * @param {number} limit
 * @returns {Row}
 */
export function atMostTimes(row, limit) {
  return { ...row, aim: `≤ ${limit}x`, met: row.value / row.bare <= limit };
}

/**
 * @param {string} title
 * @param {Row[]} rows
 * @returns {string} an aligned table
 */
export function formatTable(title, rows) {
  const cells = rows.map(({ name, value, unit, bare, aim = '', met, note = '' }) => [
    name,
    `${formatNumber(value)} ${unit}`,
    bare === undefined ? '' : formatNumber(bare),
    bare === undefined ? '' : `${(value / bare).toFixed(2)}x`,
    aim,
    met === undefined ? '' : met ? 'met' : 'MISSED',
    note,
  ]);
  const lines = [[title, 'value', 'bare Node', 'ratio', 'aim', '', ''], ...cells];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const numeric = new Set([1, 2, 3]);
  const format = (/** @type {string[]} */ line) =>
    line
      .map((cell, column) =>
        numeric.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [format(lines[0]), '-'.repeat(format(lines[0]).length), ...lines.slice(1).map(format)].join('\n');
}

/** @param {number} value */
function formatNumber(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toFixed(Math.abs(value) >= 10 ? 1 : 2)));
}
