import { useSyncExternalStore } from 'react';
import { sessionShelf } from '../storage.ts';

/**
 * The token of a daemon that listens for other machines, as the login asks for it. It is kept for this tab only: pages of functions have
 * the same origin, and must not find it when they are opened in another one.
 */
const KEY = 'lambdock.token';

interface Session {
  token: string | null;
  /** A call was refused for want of a token, or for a wrong one. */
  refused: boolean;
}

let session: Session = { token: keptToken(), refused: false };
const listeners = new Set<() => void>();

export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => session);
}

export function authorization(): Record<string, string> {
  return session.token === null ? {} : { authorization: `Bearer ${session.token}` };
}

export function signIn(token: string): void {
  try {
    sessionShelf.setItem(KEY, token);
  } catch {
    // Then it is known until the page is left.
  }
  change({ token, refused: false });
}

export function signOut(): void {
  try {
    sessionShelf.removeItem(KEY);
  } catch {
    // It keeps nothing anyway.
  }
  change({ token: null, refused: true });
}

/** Called by whoever gets a 401. */
export function noteRefusal(): void {
  if (!session.refused) change({ ...session, refused: true });
}

function keptToken(): string | null {
  try {
    return sessionShelf.getItem(KEY);
  } catch {
    return null;
  }
}

function change(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
