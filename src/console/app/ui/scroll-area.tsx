import type { ReactNode } from 'react';

interface ScrollAreaProps {
  /** What is in it. */
  label: string;
  className?: string | undefined;
  children: ReactNode;
}

/** A part of the page that scrolls by itself, by keyboard as well. */
export function ScrollArea({ label, className, children }: ScrollAreaProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without, the arrow keys do not reach it in every browser
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
