export function readSeed(folder?: string): { go: string; python: string } | undefined;
