/**
 * @param {number[]} values
 * @param {number} part 0 to 1
 * @returns {number} NaN for no values
 */
export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/**
 * The middle, or the mean of the two middle ones: the upper of two would report the better of two rounds.
 * @param {number[]} values
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/**
 * Compares what was measured in the same rounds. Each round gives one ratio: a round in which the machine was busy
 * with something else has it in both numbers.
 * @param {number[]} values one a round
 * @param {number[]} bare one a round
 */
export function paired(values, bare) {
  const ratios = values.map((value, round) => value / bare[round]);
  return {
    value: median(values),
    bare: median(bare),
    ratio: median(ratios),
    spread: { low: percentile(ratios, 0.25), high: percentile(ratios, 0.75) },
  };
}
