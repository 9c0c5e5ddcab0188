import type { Machine } from './machine.ts';

/** A folder that holds one folder a version, as version managers keep them. */
export interface VersionFolder {
  path: string;
  /** Takes the version from a folder's name as its first group. */
  name: RegExp;
  /** Below the version's folder; the first that exists counts. */
  executables: string[];
}

export interface Tool {
  /** As people call it. */
  title: string;
  versionArgs: string[];
  /** File names in a PATH folder; a first group, when there, is the version it claims to be. */
  fileName: RegExp;
  /** Folders to look in besides PATH. */
  folders: string[];
  /** Where version managers keep theirs, in order of preference. */
  managed(machine: Machine): VersionFolder[];
}

const PLAIN = /^v?(\d+\.\d+(?:\.\d+)?)(?:_\d+)?$/;
const HOMEBREW = ['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'];
const COMMON_FOLDERS = [...HOMEBREW.map((prefix) => `${prefix}/bin`), '/usr/bin'];

/** A manager's folder: what its variable says, or its default place below the home folder. */
function root({ env, home }: Machine, variable: string, fallback: string): string {
  return env[variable] || `${home}/${fallback}`;
}

function homebrew(formulas: string[], executables: string[]): VersionFolder[] {
  return HOMEBREW.flatMap((prefix) =>
    formulas.map((formula) => ({ path: `${prefix}/Cellar/${formula}`, name: PLAIN, executables })),
  );
}

const NODE: Tool = {
  title: 'Node.js',
  versionArgs: ['--version'],
  fileName: /^(?:node|nodejs)(?:\.exe)?$/,
  folders: COMMON_FOLDERS,
  managed(machine) {
    const executables = ['bin/node'];
    const fnm = ['installation/bin/node'];
    return [
      { path: `${root(machine, 'NVM_DIR', '.nvm')}/versions/node`, name: PLAIN, executables },
      {
        path: `${root(machine, 'FNM_DIR', '.local/share/fnm')}/node-versions`,
        name: PLAIN,
        executables: fnm,
      },
      {
        path: `${machine.home}/Library/Application Support/fnm/node-versions`,
        name: PLAIN,
        executables: fnm,
      },
      { path: `${root(machine, 'VOLTA_HOME', '.volta')}/tools/image/node`, name: PLAIN, executables },
      { path: `${root(machine, 'ASDF_DATA_DIR', '.asdf')}/installs/nodejs`, name: PLAIN, executables },
      {
        path: `${root(machine, 'MISE_DATA_DIR', '.local/share/mise')}/installs/node`,
        name: PLAIN,
        executables,
      },
      { path: `${root(machine, 'NODENV_ROOT', '.nodenv')}/versions`, name: PLAIN, executables },
      ...homebrew(['node@20', 'node@22', 'node@24', 'node'], executables),
    ];
  },
};

const PYTHON: Tool = {
  title: 'Python',
  versionArgs: ['--version'],
  fileName: /^python(?:3|(3\.\d+))?(?:\.exe)?$/,
  folders: COMMON_FOLDERS,
  managed(machine) {
    const executables = ['bin/python3', 'bin/python', 'python.exe'];
    return [
      { path: `${root(machine, 'PYENV_ROOT', '.pyenv')}/versions`, name: PLAIN, executables },
      {
        path: root(machine, 'UV_PYTHON_INSTALL_DIR', '.local/share/uv/python'),
        name: /^cpython-(\d+\.\d+\.\d+)-/,
        executables,
      },
      { path: `${root(machine, 'ASDF_DATA_DIR', '.asdf')}/installs/python`, name: PLAIN, executables },
      {
        path: `${root(machine, 'MISE_DATA_DIR', '.local/share/mise')}/installs/python`,
        name: PLAIN,
        executables,
      },
      // Homebrew's own `bin/python3` exists only in the newest formula.
      ...homebrew(['python@3.12'], ['bin/python3.12']),
      ...homebrew(['python@3.13'], ['bin/python3.13']),
      ...homebrew(['python@3.14'], ['bin/python3.14']),
    ];
  },
};

const GO: Tool = {
  title: 'Go',
  versionArgs: ['version'],
  fileName: /^go(1\.\d+(?:\.\d+)?)?(?:\.exe)?$/,
  folders: ['/usr/local/go/bin', ...COMMON_FOLDERS],
  managed(machine) {
    const executables = ['bin/go'];
    return [
      { path: `${machine.home}/sdk`, name: /^go(\d+\.\d+(?:\.\d+)?)$/, executables },
      {
        path: `${root(machine, 'ASDF_DATA_DIR', '.asdf')}/installs/golang`,
        name: PLAIN,
        executables: ['go/bin/go'],
      },
      {
        path: `${root(machine, 'MISE_DATA_DIR', '.local/share/mise')}/installs/go`,
        name: PLAIN,
        executables,
      },
      { path: `${root(machine, 'GOENV_ROOT', '.goenv')}/versions`, name: PLAIN, executables },
      ...homebrew(['go@1.22', 'go'], ['libexec/bin/go', 'bin/go']),
    ];
  },
};

/** The tools that can be looked for, by the name that `runtime.json` calls them. */
export const TOOLS: Readonly<Record<string, Tool>> = { node: NODE, python: PYTHON, go: GO };
