import { posix } from 'node:path';

/** Files that belong together: editing one may change what the others do. */
interface Language {
  extensions: string[];
  /** Manifests, by name. */
  names: string[];
}

const LANGUAGES: readonly Language[] = [
  {
    extensions: ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'],
    names: ['package.json', 'tsconfig.json'],
  },
  { extensions: ['.py'], names: ['requirements.txt', 'pyproject.toml'] },
  { extensions: ['.go'], names: ['go.mod', 'go.sum', 'go.work'] },
];

/** What a package manager writes into `node_modules` when it is done: the sign of an install, without looking at every package. */
export const INSTALL_MARKS: readonly string[] = [
  '.package-lock.json',
  '.modules.yaml',
  '.yarn-integrity',
  '.yarn-state.yml',
];

/** Whether `path` marks a finished install of packages. */
export function isInstallMark(path: string): boolean {
  return (
    posix.basename(posix.dirname(path)) === 'node_modules' && INSTALL_MARKS.includes(posix.basename(path))
  );
}

/** Whether people write such files as code, in any language known: what functions write at run time is something else. */
export function isSource(path: string): boolean {
  return isInstallMark(path) || LANGUAGES.some((language) => belongs(path, language));
}

/** A test for files of the same language as `path`, manifests included. */
export function sameLanguageAs(path: string): (other: string) => boolean {
  const extension = posix.extname(path);
  const language = LANGUAGES.find(({ extensions }) => extensions.includes(extension)) ?? {
    extensions: [extension],
    names: [],
  };
  return (other) => isInstallMark(other) || belongs(other, language);
}

function belongs(path: string, language: Language): boolean {
  return language.extensions.includes(posix.extname(path)) || language.names.includes(posix.basename(path));
}
