import { ExternalLink, Trash2 } from 'lucide-react';
import { endpointOf } from '../../api/functions.ts';
import type { FullFunction, FunctionStatus } from '../../api/types.ts';
import { navigate } from '../../router.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { RuntimeName } from '../../ui/runtime-name.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { useDelete } from '../list/use-delete.ts';
import styles from './info-header.module.css';
import { TitleField } from './title-field.tsx';

interface InfoHeaderProps {
  fn: FullFunction;
  status: FunctionStatus;
  dirty: boolean;
}

export function InfoHeader({ fn, status, dirty }: InfoHeaderProps) {
  const { id, title, runtime, version } = fn;
  const { remove } = useDelete();
  const address = new URL(endpointOf(id), location.href).href;
  const onDelete = () => {
    // What was typed stays as a draft; who undoes the deletion finds it again.
    navigate('/lambda/list', { force: true });
    void remove(fn);
  };
  return (
    <header className={styles.header}>
      <div className={styles.about}>
        <div className={styles.top}>
          <TitleField id={id} title={title} />
          {dirty && <span className={styles.unsaved}>Unsaved</span>}
          <StateBadge state={status.state} />
        </div>
        <div className={styles.facts}>
          <RuntimeName runtime={runtime} version={version} />
          <span className={styles.address}>
            <a href={address} target="_blank" rel="noopener noreferrer" className={styles.endpoint}>
              <span>{address}</span>
              <ExternalLink size={13} aria-label="(opens in a new tab)" />
            </a>
            <CopyButton text={address} label="Copy the address" />
          </span>
        </div>
      </div>
      <Button tone="quiet" onClick={onDelete} className={styles.delete} aria-label={`Delete ${title}`}>
        <Trash2 size={15} aria-hidden />
        <span>Delete</span>
      </Button>
    </header>
  );
}
