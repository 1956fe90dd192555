// Writes a brotli copy beside every built file of the folder, once and at the highest level: the server sends it to
// browsers that take it, instead of compressing the file anew for each of them.
//   node scripts/compress.mjs target/site/pkg
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const folder = process.argv[2];
if (!folder) {
  console.error('usage: node scripts/compress.mjs FOLDER');
  process.exit(2);
}
const names = readdirSync(folder);
const isBuilt = (name) => /\.(js|css|wasm)$/.test(name);
for (const name of names.filter((name) => name.endsWith('.br') && !names.includes(name.slice(0, -3)))) {
  rmSync(join(folder, name));
}
for (const name of names.filter(isBuilt)) {
  const bytes = readFileSync(join(folder, name));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, { params }));
}
