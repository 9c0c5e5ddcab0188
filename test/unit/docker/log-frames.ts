import type { LogLine } from '../../../src/workloads/workload.ts';

/** A message as Docker's log endpoint sends it; with a time when one is given. */
export function frame(stream: LogLine['stream'], text: string | Buffer, time?: string): Buffer {
  const message = Buffer.concat([
    Buffer.from(time === undefined ? '' : `${time} `),
    Buffer.from(text as string),
  ]);
  const header = Buffer.alloc(8);
  header[0] = stream === 'stderr' ? 2 : 1;
  header.writeUInt32BE(message.length, 4);
  return Buffer.concat([header, message]);
}
