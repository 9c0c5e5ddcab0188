import { useCallback, useEffect, useRef, useState } from 'react';
import { type Reply, type Sendable, send } from './send.ts';

/** Sends one request at a time. The reply before stays to be seen until a new one begins to arrive. */
export function useSend() {
  const [reply, setReply] = useState<Reply>();
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const cancel = useCallback(() => running.current?.abort(), []);
  const start = useCallback(async (request: Sendable): Promise<Reply | undefined> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setBusy(true);
    let newest: Reply | undefined;
    let frame = 0;
    const draw = () => {
      frame = 0;
      if (running.current === mine) setReply(newest);
    };
    const last = await send(request, mine.signal, (part) => {
      newest = part;
      frame ||= requestAnimationFrame(draw);
    });
    cancelAnimationFrame(frame);
    if (running.current !== mine) return undefined;
    running.current = undefined;
    setReply(last);
    setBusy(false);
    return last;
  }, []);
  return { reply, busy, start, cancel };
}
