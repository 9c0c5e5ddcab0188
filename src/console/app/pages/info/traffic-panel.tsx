import { ChartLine, TriangleAlert } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { getTraffic } from '../../api/functions.ts';
import { messageOf } from '../../api/request.ts';
import type { DetailedTraffic } from '../../api/types.ts';
import { useLive } from '../../live/use-live.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { duration } from '../../ui/time.tsx';
import { minutesOf, type Summary, seriesOf, summaryOf } from './traffic/series.ts';
import styles from './traffic-panel.module.css';

const REFRESH = 2_000;
// Most who look at a function don't look at this.
const Chart = lazy(async () => ({ default: (await import('./traffic/chart.tsx')).Chart }));

/** How many requests the function had in the last ten minutes, how many failed, and how long they took. */
export function TrafficPanel({ id }: { id: string }) {
  const { data, error, refresh } = useLive((signal) => getTraffic(id, signal), { key: id, every: REFRESH });
  if (data) return <Traffic traffic={data} />;
  if (error === undefined) return null;
  return (
    <Notice
      tone="bad"
      icon={<TriangleAlert size={22} aria-hidden />}
      title="The traffic could not be loaded"
      actions={<Button onClick={refresh}>Try again</Button>}
    >
      {messageOf(error)}
    </Notice>
  );
}

function Traffic({ traffic }: { traffic: DetailedTraffic }) {
  const summary = summaryOf(traffic);
  if (summary.requests === 0)
    return (
      <Notice icon={<ChartLine size={22} aria-hidden />} title="No requests in the last ten minutes">
        Counts and times of requests appear here as they are answered.
      </Notice>
    );
  const series = seriesOf(traffic, Date.now());
  return (
    <ScrollArea label="Traffic of the last ten minutes" className={styles.panel}>
      <Figures summary={summary} />
      <div className={styles.charts}>
        <Suspense fallback={<div className={styles.wait} />}>
          <Chart
            title="Requests per second"
            times={series.times}
            least={1}
            format={rate}
            lines={[
              { label: 'all', color: 'accent', values: series.perSecond, filled: true },
              { label: 'failed', color: 'bad', values: series.failedPerSecond, filled: true },
            ]}
          />
          <Chart
            title="Time to answer"
            times={series.times}
            least={5}
            format={duration}
            lines={[
              { label: 'mean', color: 'accent', values: series.meanMs, filled: true },
              { label: 'slowest', color: 'quiet', values: series.slowestMs },
            ]}
          />
        </Suspense>
      </div>
      <details className={styles.details}>
        <summary>By the minute</summary>
        <Minutes traffic={traffic} />
      </details>
    </ScrollArea>
  );
}

function Figures({ summary: { requests, failed, meanMs, slowestMs } }: { summary: Summary }) {
  const share =
    failed === 0 ? '' : ` (${((failed / requests) * 100).toFixed(failed / requests < 0.1 ? 1 : 0)} %)`;
  return (
    <dl className={styles.figures}>
      <div>
        <dt>Requests</dt>
        <dd>{requests.toLocaleString('en')}</dd>
      </div>
      <div>
        <dt>Failed</dt>
        <dd className={failed > 0 ? styles.bad : undefined}>
          {failed.toLocaleString('en')}
          <small>{share}</small>
        </dd>
      </div>
      <div>
        <dt>Mean</dt>
        <dd>{duration(meanMs!)}</dd>
      </div>
      <div>
        <dt>Slowest</dt>
        <dd>{duration(slowestMs!)}</dd>
      </div>
    </dl>
  );
}

function Minutes({ traffic }: { traffic: DetailedTraffic }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Until</th>
          <th scope="col">Requests</th>
          <th scope="col">Failed</th>
          <th scope="col">Mean</th>
          <th scope="col">Slowest</th>
        </tr>
      </thead>
      <tbody>
        {minutesOf(traffic).map(({ end, requests, failed, meanMs, slowestMs }) => (
          <tr key={end}>
            <th scope="row">{new Date(end).toLocaleTimeString('en-GB')}</th>
            <td>{requests.toLocaleString('en')}</td>
            <td>{failed.toLocaleString('en')}</td>
            <td>{meanMs === undefined ? '–' : duration(meanMs)}</td>
            <td>{slowestMs === undefined ? '–' : duration(slowestMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `0.4`, `12`, `3,400` */
function rate(perSecond: number): string {
  return Number(perSecond.toFixed(perSecond < 10 ? 1 : 0)).toLocaleString('en');
}
