import type { LogLine } from '../../../api/types.ts';

/** A line as the panel shows it. */
export interface Line {
  /** Counts the lines that this page has got; unlike `seq` it never starts anew. */
  index: number;
  time: string;
  stream: LogLine['stream'];
  text: string;
  /** In columns of a fixed-width font. */
  width: number;
  /** The `index` of the line that this one belongs to, as the frames of a stack trace belong to its message. */
  entry: number;
  /** A frame of a stack trace in code that is not the function's own. */
  foreign: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what colours a terminal
const TERMINAL_CODES = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a page can't show them
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f]/g;
const CONTINUES = /^(?:\s+\S|[}\])]|Caused by: |The above exception |During handling of the above )/;
const FOREIGN =
  /^\s+(?:at .*(?:\(|\s)(?:node:|internal\/|.*\/(?:node_modules|dist\/runtimes)\/)|File ".*(?:\/site-packages\/|\/lib\/python3))|^\s+.*\/go\/src\/(?:runtime|net)\//;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;
const PLAIN = /^[\x20-\x7e]*$/;
const TAB = 4;
/** No screen shows more of a line; the download has all of it. */
const LONGEST_SHOWN = 10_000;

export function toLine({ time, stream, text }: LogLine, index: number, before: Line | undefined): Line {
  const clean = PLAIN.test(text) ? text : tidy(text);
  const continues = before?.stream === stream && CONTINUES.test(clean);
  return {
    index,
    time,
    stream,
    text: clean,
    width: widthOf(clean.slice(0, LONGEST_SHOWN)),
    entry: continues ? before.entry : index,
    foreign: continues && FOREIGN.test(clean),
  };
}

/** What of a line is shown, and how many characters are not. */
export function shownText(text: string): { text: string; more: number } {
  if (text.length <= LONGEST_SHOWN) return { text, more: 0 };
  return { text: text.slice(0, LONGEST_SHOWN), more: text.length - LONGEST_SHOWN };
}

function tidy(text: string): string {
  return text.replace(TERMINAL_CODES, '').replaceAll('\t', ' '.repeat(TAB)).replace(CONTROLS, '·');
}

function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return [...text].length + (text.match(WIDE)?.length ?? 0);
}

/** `09:05:01.250`, in the time of this machine */
export function clockTime(time: string): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
