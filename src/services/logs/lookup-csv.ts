/** The rows of a text in CSV (RFC 4180), the first of which names the columns. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
  for (let at = 0; at <= text.length; ) {
    cell.lastIndex = at;
    const match = cell.exec(text)!;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    at = cell.lastIndex;
    if (text[at] === ',') {
      at++;
      continue;
    }
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    const end = /\r?\n/y;
    end.lastIndex = at;
    if (!end.test(text)) break;
    at = end.lastIndex;
  }
  return rows;
}

export function writeCsv(rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
}
