/** What to give pip besides the function's own file. */
const NAME = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/;

/** PEP 503: names that differ only in case and in runs of `-`, `_` and `.` are the same package. */
function packageName(line: string): string | undefined {
  return NAME.exec(line)?.[1]
    ?.replace(/[-_.]+/g, '-')
    .toLowerCase();
}

/** The requirements in a file's text, one a line, without comments. */
function requirementLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The runtime's own requirements without those that the function pins itself: the function's choice counts. */
export function ownRequirements(runtimeText: string, functionText: string): string[] {
  const chosen = new Set(requirementLines(functionText).map(packageName));
  return requirementLines(runtimeText).filter((line) => !chosen.has(packageName(line)));
}

/** Line number, from 1, on which a package is required. */
export function findRequirement(text: string, name: string): number | undefined {
  const wanted = packageName(name);
  const index = text.split(/\r?\n/).findIndex((line) => packageName(line) === wanted);
  return index === -1 ? undefined : index + 1;
}
