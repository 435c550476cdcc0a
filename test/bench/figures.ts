/** What was measured, as a table and as JSON. */

/** `least` and `most` are what is aimed at; a figure without either only stands for itself. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly least?: number;
  readonly most?: number;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The nearest rank. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function isMet({ value, least, most }: Figure): boolean {
  return (least === undefined || value >= least) && (most === undefined || value <= most);
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [figure.what, `${rounded(figure.value)} ${figure.unit}`.trim(), aim(figure), verdict(figure)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}

function aim({ least, most }: Figure): string {
  return [least === undefined ? [] : [`≥ ${least}`], most === undefined ? [] : [`≤ ${most}`]].flat().join(', ');
}

function verdict(figure: Figure): string {
  return figure.least === undefined && figure.most === undefined ? '' : isMet(figure) ? 'met' : 'NOT MET';
}
