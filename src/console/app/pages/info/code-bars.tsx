import { FileSymlink, TriangleAlert, Undo2 } from 'lucide-react';
import { sentence } from '../../api/field-errors.ts';
import { ApiError } from '../../api/request.ts';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Ago } from '../../ui/time.tsx';
import type { Editing } from './editing.ts';
import { SaveFailure } from './save-failure.tsx';

interface CodeBarsProps {
  editing: Editing;
  dirty: boolean;
  kept: boolean;
  onRetry(): void;
  onCompare(): void;
  onDiscard(): void;
}

/** What there is to know about unsaved code: the most urgent of it. */
export function CodeBars({ editing, dirty, kept, onRetry, onCompare, onDiscard }: CodeBarsProps) {
  const { failure, theirs, restoredFrom } = editing;
  if (failure !== undefined) return <SaveFailure failure={failure} kept={kept} onRetry={onRetry} />;
  if (theirs)
    return (
      <Bar
        tone="warn"
        icon={<TriangleAlert size={15} aria-hidden />}
        actions={<Button onClick={onCompare}>Compare</Button>}
      >
        Someone else saved this function while you were typing. Nothing of yours is lost.
      </Bar>
    );
  if (dirty && !kept)
    return (
      <Bar tone="warn" icon={<TriangleAlert size={15} aria-hidden />}>
        This browser has no room for a draft: what is not saved is lost when the page is closed.
      </Bar>
    );
  if (dirty && restoredFrom)
    return (
      <Bar
        icon={<Undo2 size={15} aria-hidden />}
        actions={<Button onClick={onDiscard}>Discard draft</Button>}
      >
        Your unsaved draft from <Ago time={restoredFrom} /> is in the editor.
      </Bar>
    );
  return null;
}

interface LinkedBarsProps {
  source: { directory: string; entry: string };
  /** Why what is shown may be old. */
  error: unknown;
}

/** Where code is that can't be changed here. */
export function LinkedBars({ source: { directory, entry }, error }: LinkedBarsProps) {
  const file = `${directory.replace(/\/$/, '')}/${entry}`;
  return (
    <>
      <Bar
        icon={<FileSymlink size={15} aria-hidden />}
        actions={<CopyButton text={file} label="Copy the path" />}
      >
        Read-only here: it runs from <code>{file}</code> and reloads as that changes.
      </Bar>
      {error instanceof ApiError && (
        <Bar tone="bad" icon={<TriangleAlert size={15} aria-hidden />}>
          {sentence(error.message)}
        </Bar>
      )}
    </>
  );
}
