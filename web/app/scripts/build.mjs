// Builds the front end into dist, and beside each file its brotli and gzip: the server only chooses among them.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";

const dist = fileURLToPath(new URL("../dist", import.meta.url));

for (const name of readdirSync(dist)) if (name !== ".gitignore") rmSync(join(dist, name), { recursive: true });
await build({ root: fileURLToPath(new URL("..", import.meta.url)), logLevel: "warn" });

let [plainBytes, brotliBytes] = [0, 0];
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.name === ".gitignore") continue;
  const path = join(entry.parentPath, entry.name);
  const content = readFileSync(path);
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  plainBytes += content.length;
  brotliBytes += brotli.length;
}
console.log(`The web front end is built: ${plainBytes >> 10} KiB, ${brotliBytes >> 10} KiB as brotli.`);
