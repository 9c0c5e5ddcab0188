import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';
import { useToast } from './toasts.tsx';

/** Puts a text on the clipboard. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useCopy(text);
  return (
    <IconButton label={copied ? 'Copied' : label} onClick={copy}>
      {copied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
    </IconButton>
  );
}

/** Copies a text, and says for a moment that it has. */
export function useCopy(text: string): { copied: boolean; copy(): void } {
  const [copied, setCopied] = useState(false);
  const toast = useToast();
  useEffect(() => {
    if (!copied) return;
    const timer = window.setTimeout(() => setCopied(false), 1_500);
    return () => window.clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      // Without https, other machines' browsers have no clipboard to write to.
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast({ message: `This browser does not let pages copy here: ${text}` });
    }
  };
  return { copied, copy: () => void copy() };
}
