import {
  type AnchorHTMLAttributes,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { Button } from './ui/button.tsx';
import { Dialog } from './ui/dialog.tsx';

/** The page shown: its path, and its query. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

type Guard = () => boolean;

let place = read();
/** Counts the history entries that we made, so that a step back can be taken back. */
let index = (history.state as { index?: number } | null)?.index ?? 0;
let guard: Guard | undefined;
let pending: { go(): void } | undefined;
const listeners = new Set<() => void>();

history.replaceState({ index }, '');
window.addEventListener('popstate', onHistory);

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => place);
}

/** Goes to a page of the console, unless there is something to lose on this one: then it asks. */
export function navigate(to: string, options: { replace?: boolean; force?: boolean } = {}): void {
  if (!options.force && guard?.()) {
    ask(() => navigate(to, { ...options, force: true }));
    return;
  }
  if (options.replace) {
    history.replaceState({ index }, '', to);
  } else {
    index++;
    history.pushState({ index }, '', to);
  }
  const before = place.path;
  place = read();
  if (place.path !== before) window.scrollTo(0, 0);
  notify();
}

/** A link within the console. With a modifier key, or the middle button, it is the browser's as any other. */
export function Link({
  to,
  children,
  ...rest
}: { to: string; children: ReactNode } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const onClick = (event: MouseEvent<HTMLAnchorElement>) => {
    rest.onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a {...rest} href={to} onClick={onClick}>
      {children}
    </a>
  );
}

/** While `active`, leaving the page asks first: by a link, by the browser's buttons, by closing the tab. */
export function useLeaveGuard(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const mine = () => true;
    guard = mine;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', onUnload);
    return () => {
      if (guard === mine) guard = undefined;
      window.removeEventListener('beforeunload', onUnload);
    };
  }, [active]);
}

/** Asks whether to leave. Shown once, by the shell. */
export function LeaveDialog() {
  const asked = useSyncExternalStore(subscribe, () => pending);
  const [shown, setShown] = useState(asked);
  useEffect(() => {
    if (asked) setShown(asked);
  }, [asked]);
  const close = () => {
    pending = undefined;
    notify();
  };
  return (
    <Dialog open={asked !== undefined} onClose={close} title="Leave without saving?">
      <p>
        What you changed is not saved. It stays in this browser as a draft, and is here when you come back.
      </p>
      <Dialog.Actions>
        <Button onClick={close}>Stay</Button>
        <Button
          tone="primary"
          onClick={() => {
            close();
            shown?.go();
          }}
        >
          Leave
        </Button>
      </Dialog.Actions>
    </Dialog>
  );
}

function onHistory(event: PopStateEvent): void {
  const state = event.state as { index?: number } | null;
  if (state === null) {
    // A link to a place on this page made an entry of its own, which leads nowhere else.
    index++;
    history.replaceState({ index }, '');
    return;
  }
  const target = state.index ?? 0;
  const steps = target - index;
  if (steps === 0) return;
  const next = read();
  if (!isSame(next, place) && guard?.()) {
    history.go(-steps);
    ask(() => {
      guard = undefined;
      history.go(steps);
    });
    return;
  }
  index = target;
  place = next;
  notify();
}

function isSame(one: Place, other: Place): boolean {
  return one.path === other.path && one.query.toString() === other.query.toString();
}

function ask(go: () => void): void {
  pending = { go };
  notify();
}

function read(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function notify(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
