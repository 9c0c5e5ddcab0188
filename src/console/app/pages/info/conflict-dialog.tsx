import { Button } from '../../ui/button.tsx';
import { CodeCompare } from '../../ui/code-compare.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { Editing } from './editing.ts';

interface ConflictDialogProps {
  editing: Editing;
  runtime: string;
  onKeepMine(): void;
  onTakeTheirs(): void;
  onGoOn(): void;
}

/** Two people changed the code: shows both versions, and asks which one it shall be. */
export function ConflictDialog({ editing, runtime, onKeepMine, onTakeTheirs, onGoOn }: ConflictDialogProps) {
  const { theirs, code, comparing } = editing;
  return (
    <Dialog open={comparing && theirs !== undefined} onClose={onGoOn} title="Two versions of this code" wide>
      <p>
        Someone else saved this function while you were typing. Yours is not saved yet; keeping it overwrites
        theirs.
      </p>
      <CodeCompare
        before={{ code: theirs?.code ?? '', label: 'Theirs, saved' }}
        after={{ code, label: 'Mine, not saved' }}
        runtime={runtime}
      />
      <Dialog.Actions>
        <Button onClick={onGoOn}>Go on editing</Button>
        <Button onClick={onTakeTheirs}>Take theirs</Button>
        <Button tone="primary" onClick={onKeepMine}>
          Keep mine
        </Button>
      </Dialog.Actions>
    </Dialog>
  );
}
