import { ExternalLink, FolderGit2, Trash2 } from 'lucide-react';
import { memo } from 'react';
import { endpointOf } from '../../api/functions.ts';
import type { ListedFunction, Traffic } from '../../api/types.ts';
import { Link } from '../../router.tsx';
import { IconButton, iconClass } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { RuntimeName } from '../../ui/runtime-name.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago, duration } from '../../ui/time.tsx';
import styles from './function-table.module.css';

interface FunctionRowProps {
  fn: ListedFunction;
  onDelete(fn: ListedFunction): void;
}

export const FunctionRow = memo(function FunctionRow({ fn, onDelete }: FunctionRowProps) {
  const { id, title, status, traffic } = fn;
  const endpoint = endpointOf(id);
  const { lastReload, lastError } = status;
  return (
    <tr data-id={id}>
      <th scope="row" className={styles.title}>
        <Link to={`/lambda/info?id=${id}`} className={styles.name}>
          {title}
        </Link>
        {status.source.kind === 'linked' ? (
          <span className={styles.path} title={status.source.path}>
            <FolderGit2 size={12} aria-label="Runs from" /> <bdi>{status.source.path}</bdi>
          </span>
        ) : (
          <code className={styles.id}>{id}</code>
        )}
      </th>
      <td data-label="Runtime">
        <RuntimeName runtime={fn.runtime} version={fn.version} />
      </td>
      <td data-label="State">
        <StateBadge state={status.state} />
        {status.state === 'failed' && lastError && (
          <span className={styles.problem} title={lastError.message}>
            {lastError.line === undefined
              ? lastError.message
              : `line ${lastError.line}: ${lastError.message}`}
          </span>
        )}
      </td>
      <td data-label="Changed">
        <span className={styles.when}>
          <Ago time={lastReload?.time ?? fn.update_date} />
        </span>
        {lastReload && (
          <span className={styles.took}>
            {lastReload.outcome === 'failed' ? 'failed after' : 'live in'} {duration(lastReload.durationMs)}
          </span>
        )}
      </td>
      <td data-label="Requests, 10 min">
        <Requests traffic={traffic} />
      </td>
      <td data-label="Endpoint">
        <span className={styles.endpoint}>
          <a
            href={endpoint}
            target="_blank"
            rel="noopener noreferrer"
            className={iconClass}
            aria-label={`Open the endpoint of ${title}`}
            title="Open the endpoint"
          >
            <ExternalLink size={15} aria-hidden />
          </a>
          <CopyButton text={new URL(endpoint, location.href).href} label={`Copy the address of ${title}`} />
        </span>
      </td>
      <td className={styles.delete}>
        <IconButton label={`Delete ${title}`} tone="danger" onClick={() => onDelete(fn)}>
          <Trash2 size={15} aria-hidden />
        </IconButton>
      </td>
    </tr>
  );
});

function Requests({ traffic }: { traffic: Traffic }) {
  const requests = sum(traffic.requests);
  const errors = sum(traffic.errors);
  const words = `${requests} ${requests === 1 ? 'request' : 'requests'}, ${errors} failed, in the last ten minutes`;
  return (
    <span className={styles.requests}>
      <Sparkline requests={traffic.requests} errors={traffic.errors} label={words} />
      <span className={styles.counts} aria-hidden="true">
        <span>{requests.toLocaleString('en')}</span>
        {errors > 0 && <span className={styles.errors}>{errors.toLocaleString('en')} failed</span>}
      </span>
    </span>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
