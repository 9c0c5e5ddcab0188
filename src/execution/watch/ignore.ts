/**
 * What never is a function's code: version control, installed packages, caches, and what editors leave beside a
 * file for a moment while saving it.
 */
export const DEFAULT_IGNORES: readonly string[] = [
  '.git',
  '.hg',
  '.svn',
  '.jj',
  '.idea',
  '.vscode',
  'node_modules',
  '__pycache__',
  '*.pyc',
  '.venv',
  'venv',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.DS_Store',
  'Thumbs.db',
  '*.sw[opx]',
  '*~',
  '.#*',
  '\\#*#',
  '4913',
  '*.tmp',
  '*___jb_*',
  '.goutputstream-*',
  '*.log',
  '*-journal',
  '*-wal',
  '*-shm',
];

interface Rule {
  pattern: RegExp;
  directoryOnly: boolean;
  negated: boolean;
}

/**
 * A list of patterns as in `.gitignore`: the last one that matches decides, `!` takes back, a trailing `/` means folders,
 * a `/` elsewhere ties the pattern to the root, `*`, `?`, `[a-z]` stay within a name and `**` spans folders.
 * What lies in an ignored folder is ignored, whatever later patterns say about it.
 */
export class IgnoreList {
  readonly #rules: Rule[];

  constructor(patterns: Iterable<string>) {
    this.#rules = [...patterns].map(parseRule).filter((rule) => rule !== undefined);
  }

  /** `path` is relative to the root, with `/` on every system. */
  ignores(path: string, isDirectory: boolean): boolean {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      if (this.#matches(path.slice(0, end), true)) return true;
    }
    return this.#matches(path, isDirectory);
  }

  #matches(path: string, isDirectory: boolean): boolean {
    for (let index = this.#rules.length - 1; index >= 0; index--) {
      const rule = this.#rules[index]!;
      if (rule.directoryOnly && !isDirectory) continue;
      if (rule.pattern.test(path)) return !rule.negated;
    }
    return false;
  }
}

/** The lines of an ignore file, comments and all: the list skips what is not a pattern. */
export function ignoreLines(text: string): string[] {
  return text.split(/\r?\n/);
}

function parseRule(line: string): Rule | undefined {
  let pattern = line.replace(/(?<!\\)\s+$/, '');
  if (pattern === '' || pattern.startsWith('#')) return undefined;
  const negated = pattern.startsWith('!');
  if (negated) pattern = pattern.slice(1);
  const directoryOnly = pattern.endsWith('/');
  pattern = pattern.replace(/\/+$/, '').replace(/^\.\//, '/');
  const anchored = pattern.includes('/');
  pattern = pattern.replace(/^\/+/, '');
  if (pattern === '') return undefined;
  const source = `^${anchored ? '' : '(?:.*/)?'}${translate(pattern)}$`;
  return { pattern: new RegExp(source, 'su'), directoryOnly, negated };
}

const TOKEN = /^(?:(\*\*\/)|(\/\*\*)$|(\*+)|(\?)|(\[[!^]?\]?[^\]/]*\])|\\(.)|(.))/su;

/** Glob to regular expression. A `[` without its `]` stands for itself. */
function translate(glob: string): string {
  let out = '';
  for (let rest = glob; rest !== ''; ) {
    const token = TOKEN.exec(rest)!;
    const [text, anyFolders, everythingBelow, stars, one, set, escaped, plain] = token;
    rest = rest.slice(text.length);
    if (anyFolders) out += '(?:.*/)?';
    else if (everythingBelow) out += '/.*';
    else if (stars) out += '[^/]*';
    else if (one) out += '[^/]';
    else if (set) out += translateSet(set);
    else out += literal(escaped ?? plain ?? '');
  }
  return out;
}

function translateSet(set: string): string {
  const negated = set[1] === '!' || set[1] === '^';
  const members = set.slice(negated ? 2 : 1, -1).replace(/[\\\][^]/g, '\\$&');
  const translated = `[${negated ? '^/' : ''}${members}]`;
  return isPattern(translated) ? translated : literal(set);
}

/** `[z-a]` is no range; git takes such a set as matching nothing, we take it by letter, so that one typo stops nothing. */
function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
