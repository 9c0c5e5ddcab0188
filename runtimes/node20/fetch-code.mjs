#!/usr/bin/env node
// fetch-code <function id> <file>: writes what lies behind the presigned URL in LAMBDOCK_CODE_URL to <file>.
import { writeFile } from 'node:fs/promises';

const [id, file] = process.argv.slice(2);
const url = process.env.LAMBDOCK_CODE_URL;
if (!id || !file || !url) {
  console.error('usage: LAMBDOCK_CODE_URL=<presigned URL> fetch-code <function id> <file>');
  process.exit(2);
}
try {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the object store answered ${response.status}`);
  await writeFile(file, new Uint8Array(await response.arrayBuffer()));
} catch (error) {
  console.error(`can't fetch the code of ${id}: ${error.cause?.message ?? error.message}`);
  process.exit(1);
}
