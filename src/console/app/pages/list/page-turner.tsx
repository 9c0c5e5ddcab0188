import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import styles from './list-page.module.css';

interface PageTurnerProps {
  page: number;
  pages: number;
  onTurn(page: number): void;
}

export function PageTurner({ page, pages, onTurn }: PageTurnerProps) {
  if (pages <= 1) return null;
  return (
    <nav className={styles.turner} aria-label="Pages of the list">
      <Button disabled={page <= 1} onClick={() => onTurn(page - 1)}>
        <ChevronLeft size={16} aria-hidden /> Previous
      </Button>
      <span>
        Page {page} of {pages}
      </span>
      <Button disabled={page >= pages} onClick={() => onTurn(page + 1)}>
        Next <ChevronRight size={16} aria-hidden />
      </Button>
    </nav>
  );
}
