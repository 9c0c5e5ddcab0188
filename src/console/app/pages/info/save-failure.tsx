import { TriangleAlert } from 'lucide-react';
import { messageOf, Unreachable } from '../../api/request.ts';
import { useJournal } from '../../live/journal.tsx';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';

interface SaveFailureProps {
  failure: unknown;
  /** What was typed is kept in the browser. */
  kept: boolean;
  onRetry(): void;
}

/** Why the code was not saved, where it is meanwhile, and the way to try again. */
export function SaveFailure({ failure, kept, onRetry }: SaveFailureProps) {
  const { state } = useJournal();
  const where = kept
    ? 'Your code is kept in this browser.'
    : 'This browser has no room to keep your code: leave this page open.';
  return (
    <Bar
      tone="bad"
      icon={<TriangleAlert size={15} aria-hidden />}
      actions={<Button onClick={onRetry}>Save again</Button>}
    >
      <strong>Not saved:</strong> {reasonOf(failure, state === 'open')} {where}
    </Bar>
  );
}

function reasonOf(failure: unknown, back: boolean): string {
  if (!(failure instanceof Unreachable)) return `${messageOf(failure)}.`;
  return back ? 'lambdock did not answer, but is back now.' : 'lambdock does not answer.';
}
