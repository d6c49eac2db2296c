// Makes the folder that is served: modules that find each other, one style, icons, the worker, each also compressed.
// The same sources give the same bytes. Usage: node assemble.mjs OUT_DIR [MOST_KB]

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { drawIcon } from './icon_png.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [out, most = '60'] = process.argv.slice(2);
if (!out) {
  console.error('usage: node assemble.mjs OUT_DIR [MOST_KB]');
  process.exit(2);
}

const read = (path) => readFileSync(join(here, path), 'utf8');
const folders = ['.', 'app', 'connection', 'languages', 'model', 'view', 'view/dialogs'];
const ours = folders.flatMap((folder) => readdirSync(join(here, folder)).filter((name) => name.endsWith('.js'))
  .map((name) => posix.join(folder, name))).filter((path) => path !== 'sw.js').sort();

/** Bare specifiers, which a browser would need an import map for, and where they lead. */
const vendor = {
  preact: ['vendor/preact.js', 'node_modules/preact/dist/preact.mjs'],
  'preact/hooks': ['vendor/hooks.js', 'node_modules/preact/hooks/dist/hooks.mjs'],
  htm: ['vendor/htm.js', 'node_modules/htm/dist/htm.mjs'],
};

/** Comments and indentation are for those who read the sources. No string of ours holds what looks like a comment, and
 * htm does not care for blanks at the beginning of a line. */
function withoutComments(source) {
  return source.replace(/\/\*\*[\s\S]*?\*\/ ?/g, '').replace(/^[ \t]*\/\/.*\n/gm, '').replace(/^[ \t]+/gm, '').replace(/\n{2,}/g, '\n');
}

function withPaths(source, path) {
  return source.replace(/(\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'".][^'"]*)\2/g, (whole, before, quote, name) => {
    if (!vendor[name]) return whole;
    const relative = posix.relative(posix.dirname(path), vendor[name][0]);
    return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}${quote}`;
  }).replace(/\n?\/\/# sourceMappingURL=.*/g, '');
}

/** What goes below /a/HASH/, by its path there. */
const assets = new Map();
for (const path of ours) assets.set(path, Buffer.from(withPaths(withoutComments(read(path)), path)));
for (const [to, from] of Object.values(vendor)) assets.set(to, Buffer.from(withPaths(read(from), to)));
const styles = readdirSync(join(here, 'style')).filter((name) => name.endsWith('.css')).sort();
const style = styles.map((name) => read(`style/${name}`)).join('').replace(/\/\*[\s\S]*?\*\/\n?/g, '');
assets.set('style.css', Buffer.from(style));
assets.set('icon.svg', Buffer.from(read('icon.svg')));
assets.set('icon-calls.svg', Buffer.from(read('icon-calls.svg')));
for (const size of [192, 512]) assets.set(`icon-${size}.png`, drawIcon(size));
assets.set('licences.txt', Buffer.from([['preact', 'node_modules/preact/LICENSE'], ['htm', 'node_modules/htm/LICENSE']]
  .map(([name, path]) => `${name}\n\n${read(path)}`).join('\n\n')));

const pages = { 'index.html': read('index.html'), 'sw.js': withoutComments(read('sw.js')), 'manifest.webmanifest': read('manifest.webmanifest') };
const digest = createHash('sha256');
for (const [path, bytes] of [...assets].sort(([one], [other]) => (one < other ? -1 : 1))) digest.update(`${path}\0${bytes.length}\0`).update(bytes);
for (const text of Object.values(pages)) digest.update(text);
const hash = digest.digest('hex').slice(0, 16);

/** Modules that are needed at once: all that is not loaded by import(). */
const first = new Set();
function follow(path) {
  if (first.has(path)) return;
  first.add(path);
  for (const [, to] of String(assets.get(path)).matchAll(/\bfrom\s*['"](\.[^'"]+)['"]/g)) follow(posix.join(posix.dirname(path), to));
}
follow('main.js');
const preloads = [...first].filter((path) => path !== 'main.js').sort()
  .map((path) => `<link rel="modulepreload" href="/a/HASH/${path}">`).join('\n');
pages['index.html'] = pages['index.html'].replace('<!-- modules -->', preloads);
const kept = [...assets.keys()].filter((path) => !path.endsWith('.txt') && !path.endsWith('512.png')).sort();
pages['sw.js'] = pages['sw.js'].replace('const files = [];', `const files = ${JSON.stringify(kept.map((path) => `/a/HASH/${path}`))};`);

rmSync(out, { recursive: true, force: true });
let total = 0;
function write(path, bytes) {
  const target = join(out, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
  if (path.endsWith('.png')) {
    if (!path.endsWith('512.png')) total += bytes.length;
    return;
  }
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(`${target}.br`, brotli);
  writeFileSync(`${target}.gz`, gzipSync(bytes, { level: 9 }));
  total += brotli.length;
}
for (const [path, text] of Object.entries(pages)) write(path, Buffer.from(text.replaceAll('HASH', hash)));
for (const [path, bytes] of assets) write(posix.join('a', hash, path), bytes);

const kilobytes = total / 1024;
console.log(`${hash}: ${assets.size + 3} files, ${kilobytes.toFixed(1)} KB with brotli`);
if (kilobytes > Number(most)) {
  console.error(`that is more than ${most} KB`);
  process.exit(1);
}
