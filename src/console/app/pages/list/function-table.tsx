import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef } from 'react';
import type { SortField } from '../../api/functions.ts';
import type { ListedFunction } from '../../api/types.ts';
import { FunctionRow } from './function-row.tsx';
import styles from './function-table.module.css';
import { useDelete } from './use-delete.ts';

interface FunctionTableProps {
  functions: readonly ListedFunction[];
  sort: SortField;
  asc: boolean;
  onSort(field: SortField): void;
  onChanged(): void;
}

export function FunctionTable({ functions, sort, asc, onSort, onChanged }: FunctionTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { hidden, remove } = useDelete(onChanged);
  const shown = functions.filter(({ id }) => !hidden.has(id));

  const onDelete = (fn: ListedFunction) => {
    // Else the focus is lost with the row that has it.
    const position = shown.indexOf(fn);
    const next = shown[position + 1] ?? shown[position - 1];
    if (next) body.current?.querySelector<HTMLElement>(`[data-id="${next.id}"] a`)?.focus();
    void remove(fn);
  };
  const header = { sort, asc, onSort };
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            <SortHeader field="title" label="Function" {...header} />
            <SortHeader field="runtime" label="Runtime" {...header} />
            <th scope="col">State</th>
            <SortHeader field="update_date" label="Changed" {...header} />
            <th scope="col">Requests, 10 min</th>
            <th scope="col">Endpoint</th>
            <th scope="col">
              <span className="visually-hidden">Delete</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {shown.map((fn) => (
            <FunctionRow key={fn.id} fn={fn} onDelete={onDelete} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface SortHeaderProps {
  field: SortField;
  label: string;
  sort: SortField;
  asc: boolean;
  onSort(field: SortField): void;
}

function SortHeader({ field, label, sort, asc, onSort }: SortHeaderProps) {
  const active = sort === field;
  const Arrow = asc ? ArrowUp : ArrowDown;
  return (
    <th scope="col" aria-sort={active ? (asc ? 'ascending' : 'descending') : 'none'}>
      <button type="button" className={styles.sort} onClick={() => onSort(field)}>
        {label}
        <Arrow size={13} aria-hidden className={active ? styles.arrow : styles.arrowHidden} />
      </button>
    </th>
  );
}
