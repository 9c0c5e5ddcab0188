import { useState } from 'react';
import { deleteFunction, restoreFunction } from '../../api/functions.ts';
import { messageOf } from '../../api/request.ts';
import type { ListedFunction } from '../../api/types.ts';
import { useToast } from '../../ui/toasts.tsx';

type Named = Pick<ListedFunction, 'id' | 'title'>;

/** Deletes at once, and offers to undo it: the daemon keeps what it deletes until it is reset. */
export function useDelete(onChanged?: () => void) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const toast = useToast();

  const hide = (id: string) => setHidden((ids) => new Set([...ids, id]));
  const show = (id: string) => setHidden((ids) => new Set([...ids].filter((other) => other !== id)));

  const restore = async ({ id, title }: Named) => {
    try {
      await restoreFunction(id);
      toast({ message: `“${title}” is back` });
    } catch (error) {
      toast({ message: `“${title}” could not be restored: ${messageOf(error)}`, tone: 'bad' });
    }
    show(id);
    onChanged?.();
  };

  const remove = async (fn: Named) => {
    hide(fn.id);
    try {
      await deleteFunction(fn.id);
      toast({
        message: `“${fn.title}” is deleted`,
        action: { label: 'Undo', run: () => void restore(fn) },
      });
    } catch (error) {
      show(fn.id);
      toast({ message: `“${fn.title}” could not be deleted: ${messageOf(error)}`, tone: 'bad' });
    }
    onChanged?.();
  };

  return { hidden, remove };
}
