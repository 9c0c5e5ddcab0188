import type { Environment } from '../daemon/config.ts';

type Paint = (text: string) => string;

/** Colours for one output stream; each returns its text as it is where colours are off. */
export interface Style {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
}

/** The colours of a stream; none unless a terminal shows them or FORCE_COLOR asks for them. */
export function styleFor(isTerminal: boolean, env: Environment): Style {
  const paint = wantsColour(isTerminal, env)
    ? (open: number, close: number): Paint =>
        (text) =>
          `\u001b[${open}m${text}\u001b[${close}m`
    : (): Paint => (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/** FORCE_COLOR decides, then NO_COLOR (no-color.org), then whether a terminal shows it. */
function wantsColour(isTerminal: boolean, env: Environment): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR) return false;
  return isTerminal && env.TERM !== 'dumb';
}
