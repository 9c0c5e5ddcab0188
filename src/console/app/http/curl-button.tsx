import { Check, Terminal } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { useCopy } from '../ui/copy-button.tsx';

/** Copies a request as a command for a shell. */
export function CurlButton({ command }: { command: string }) {
  const { copied, copy } = useCopy(command);
  return (
    <Button tone="quiet" title={command} onClick={copy}>
      {copied ? <Check size={15} aria-hidden /> : <Terminal size={15} aria-hidden />}
      {copied ? 'Copied' : 'Copy as curl'}
    </Button>
  );
}
