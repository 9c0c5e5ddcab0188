import 'uplot/dist/uPlot.min.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import styles from './chart.module.css';

export interface Line {
  label: string;
  /** Of the palette. */
  color: 'accent' | 'bad' | 'quiet';
  values: readonly (number | null)[];
  filled?: boolean;
}

interface ChartProps {
  title: string;
  times: readonly number[];
  lines: readonly Line[];
  format(value: number): string;
  /** At least so high, so that next to nothing looks like it. */
  least: number;
}

const HEIGHT = 168;
const AXIS_FONT = '11px "Inter Variable", system-ui, sans-serif';

/** Lines over the last ten minutes. What it shows is told by the table below it to who can't see it. */
export function Chart({ title, times, lines, format, least }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [at, setAt] = useState<number | null>(null);
  const scheme = useScheme();
  const data = [times, ...lines.map(({ values }) => values)] as uPlot.AlignedData;
  const newest = useRef(data);
  const about = useRef({ format, least });
  useEffect(() => {
    newest.current = data;
    about.current = { format, least };
  });

  const shape = JSON.stringify(lines.map(({ label, color, filled }) => ({ label, color, filled })));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours change with the scheme
  useLayoutEffect(() => {
    const element = frame.current!;
    const style = getComputedStyle(element);
    // A canvas knows no variables and no light-dark(): the page tells what they come to.
    const colorOf = (name: string) => getComputedStyle(element.querySelector(`[data-color=${name}]`)!).color;
    const axis: uPlot.Axis = {
      stroke: colorOf('ink'),
      font: AXIS_FONT,
      grid: { stroke: colorOf('line'), width: 1 },
      ticks: { show: false },
    };
    const made = new uPlot(
      {
        width: Math.max(100, element.clientWidth - Number.parseFloat(style.paddingLeft) * 2),
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
        padding: [8, 28, 0, 0], // the last time is written around its mark
        scales: { y: { range: (_, __, max) => [0, Math.max(about.current.least, max * 1.1)] } },
        axes: [
          { ...axis, size: 28, grid: { show: false }, values: (_, splits) => splits.map(clock) },
          {
            ...axis,
            size: 58,
            space: 36,
            values: (_, splits) => splits.map((value) => about.current.format(value)),
          },
        ],
        series: [
          {},
          ...(JSON.parse(shape) as Line[]).map(({ label, color, filled }) => ({
            label,
            stroke: colorOf(color),
            width: 1.5,
            points: { size: 4, filter: aloneIn },
            ...(filled ? { fill: colorOf(`${color}-fill`) } : {}),
          })),
        ],
        hooks: { setCursor: [({ cursor }) => setAt(cursor.idx ?? null)] },
      },
      newest.current,
      element.querySelector<HTMLElement>(`.${styles.canvas}`)!,
    );
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: Math.max(100, made.root.parentElement!.clientWidth), height: HEIGHT }),
    );
    observer.observe(made.root.parentElement!);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [shape, scheme]);
  useEffect(() => plot.current?.setData(data));

  const index = at ?? times.length - 1;
  return (
    <figure ref={frame} className={styles.chart}>
      <figcaption className={styles.head}>
        <span className={styles.title}>{title}</span>
        {lines.map(({ label, color, values }) => {
          const value = values[index];
          return (
            <span key={label} className={styles.value}>
              <span className={`${styles.key} ${styles[color]}`} />
              {label} <strong>{value == null ? '–' : format(value)}</strong>
            </span>
          );
        })}
        <span className={styles.time}>{at === null ? 'now' : clock(times[index]!)}</span>
      </figcaption>
      <div className={styles.canvas} aria-hidden="true" />
      <span className={styles.colors} aria-hidden="true">
        {['accent', 'bad', 'quiet', 'ink', 'line', 'accent-fill', 'bad-fill'].map((name) => (
          <span key={name} data-color={name} />
        ))}
      </span>
    </figure>
  );
}

/** The values that have none beside them: no line leads to them, so they are drawn as points. */
function aloneIn(plot: uPlot, series: number): number[] {
  const values = plot.data[series]!;
  return Array.from(values.keys()).filter(
    (at) => values[at] != null && values[at - 1] == null && values[at + 1] == null,
  );
}

function clock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
}

/** Changes when the system turns dark or light. */
function useScheme(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const onChange = () => setDark(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return dark;
}
