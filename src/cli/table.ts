import { fitWidth, textWidth } from './text-width.ts';

export interface Column {
  title: string;
  /** Give way first when the terminal is narrow. */
  flexible?: boolean;
  /** Colours a cell. */
  paint?(text: string): string;
}

const GAP = '  ';
const NARROWEST = 8;

/**
 * Lines of an aligned table, the title row first, which `paintTitles` colours. With `width` (a terminal's) flexible cells
 * are cut so that rows fit.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { width?: number | undefined; paintTitles?: (text: string) => string } = {},
): string[] {
  const widths = columns.map(({ title }, column) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[column] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  let excess = options.width === undefined ? 0 : total - options.width;
  columns.forEach(({ flexible }, column) => {
    if (!flexible || excess <= 0) return;
    const cut = Math.min(excess, Math.max(0, widths[column]! - NARROWEST));
    widths[column]! -= cut;
    excess -= cut;
  });
  const line = (row: readonly string[], paint: (text: string, column: Column) => string) =>
    columns
      .map((column, index) => {
        const cell = fitWidth(row[index] ?? '', widths[index]!);
        const padding = index === columns.length - 1 ? '' : ' '.repeat(widths[index]! - textWidth(cell));
        return paint(cell, column) + padding;
      })
      .join(GAP)
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [
    line(titles, (text) => options.paintTitles?.(text) ?? text),
    ...rows.map((row) => line(row, (text, column) => column.paint?.(text) ?? text)),
  ];
}
