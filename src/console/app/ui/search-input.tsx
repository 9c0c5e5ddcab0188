import { Search } from 'lucide-react';
import { inputClass } from './field.tsx';
import styles from './search-input.module.css';

interface SearchInputProps {
  label: string;
  placeholder?: string;
  value: string;
  onChange(text: string): void;
  className?: string | undefined;
}

/** A field that filters what is below it. Escape empties it. */
export function SearchInput({ label, placeholder = 'Search', value, onChange, className }: SearchInputProps) {
  return (
    <search className={[styles.search, className].filter(Boolean).join(' ')}>
      <Search size={15} aria-hidden className={styles.icon} />
      <input
        className={`${inputClass} ${styles.input}`}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
      />
    </search>
  );
}
