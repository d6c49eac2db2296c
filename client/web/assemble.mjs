// Makes the folder that is served: the modules, one style, icons, the worker, each also compressed.
// The modules are put together into one: fifty files would take ten round trips more, and half as many bytes again. Each
// name at the top of a module is one thing in all of them, which is seen to here. Then terser gives local names one letter,
// and leaves out what nobody reads: a seventh of the bytes. What is on the wire keeps its names.
// The same sources give the same bytes. Usage: node assemble.mjs OUT_DIR [MOST_KB]

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { minify } from 'terser';
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
 * htm does not care for blanks at the beginning of a line, nor for a line's end between two tags. */
function withoutComments(source) {
  return source.replace(/\/\*\*[\s\S]*?\*\/ ?/g, '').replace(/^[ \t]*\/\/.*\n/gm, '').replace(/^[ \t]+/gm, '').replace(/\n{2,}/g, '\n')
    .replace(/([>}])\n(?=<|\$\{)/g, '$1');
}

/** @param {string} source of a module, or of the worker @returns {Promise<string>} which does the same */
async function madeShort(source, isModule = true) {
  const { code } = await minify(source, {
    module: isModule, ecma: 2020, compress: { passes: 3, unsafe_arrows: true, ecma: 2020 }, mangle: true, format: { comments: false, ecma: 2020 },
  });
  return code;
}

/** A language is loaded when it is wanted; all else is one module. */
function servedAs(path) {
  return /^languages\/(?!translator\.js)/.test(path) ? path : 'page.js';
}

const { english } = await import('./languages/en.js');

/** What a language lacks is in English: of two languages nobody loads both. @param {string} path @param {string} source */
async function withEnglish(path, source) {
  const [[name, table]] = Object.entries(await import(`./${path}`));
  const missing = Object.fromEntries(Object.entries(english).filter(([key]) => !(key in table)));
  return Object.keys(missing).length === 0 ? source : `${source}Object.assign(${name}, ${JSON.stringify(missing)});\n`;
}

const importLine = /^import ([\s\S]*?) from '([^']+)';\n/gm;

/** @returns {Map<string, string>} served module: its source */
function joined() {
  const sources = new Map(ours.map((path) => [path, withoutComments(read(path))]));
  /** What each imports of ours. */
  const uses = new Map(ours.map((path) => [path, [...sources.get(path).matchAll(importLine)].map(([, , from]) => from)
    .filter((from) => from.startsWith('.')).map((from) => posix.join(posix.dirname(path), from))]));
  const order = [];
  const place = (path) => {
    if (order.includes(path)) return;
    for (const used of uses.get(path)) if (servedAs(used) === servedAs(path)) place(used);
    if (!order.includes(path)) order.push(path);
  };
  ours.forEach(place);
  const served = new Map();
  for (const path of order) {
    const to = servedAs(path);
    const module = served.get(to) ?? { imports: new Map(), body: '', names: new Map() };
    served.set(to, module);
    const relative = (target) => {
      const found = posix.relative(posix.dirname(to), target);
      return found.startsWith('.') ? found : `./${found}`;
    };
    // Nobody imports the page; the languages are imported by it.
    const source = to === 'page.js' ? sources.get(path).replace(/^export (?!\{)/gm, '').replace(/^export \{[^}]*\};\n/gm, '') : sources.get(path);
    module.body += source.replace(importLine, (whole, what, from) => {
      const target = from.startsWith('.') ? servedAs(posix.join(posix.dirname(path), from)) : vendor[from][0];
      if (target === to) return '';
      const names = module.imports.get(relative(target)) ?? new Set();
      for (const name of what.replace(/[{}]/g, '').split(',').map((each) => each.trim()).filter(Boolean)) {
        names.add(what.startsWith('{') ? name : `default as ${name}`);
      }
      module.imports.set(relative(target), names);
      return '';
    }).replace(/\bimport\('(\.[^']+)'\)/g, (whole, from) => `import('${relative(posix.join(posix.dirname(path), from))}')`);
    for (const [, name] of sources.get(path).matchAll(/^(?:export )?(?:async )?(?:function|const|let|class) (\w+)/gm)) {
      if (!isAtTop(path, name)) continue;
      if (module.names.has(name)) throw new Error(`${path} and ${module.names.get(name)} both have ${name}: on the page each name is one thing`);
      module.names.set(name, path);
    }
  }
  return new Map([...served].map(([to, { imports, body }]) => [to, [...imports].sort()
    .map(([from, names]) => `import { ${[...names].sort().join(', ')} } from '${from}';\n`).join('') + body]));
}

/** Whether it is declared in the first column of the source, which has its indentation. */
function isAtTop(path, name) {
  return new RegExp(`^(?:export )?(?:async )?(?:function|const|let|class) ${name}\\b`, 'm').test(read(path));
}

/** What goes below /a/HASH/, by its path there. */
const assets = new Map();
for (const [path, source] of joined()) {
  assets.set(path, Buffer.from(await madeShort(path.startsWith('languages/') ? await withEnglish(path, source) : source)));
}
for (const [to, from] of Object.values(vendor)) {
  const source = read(from).replace(/from"preact"/g, 'from"./preact.js"').replace(/\n?\/\/# sourceMappingURL=.*/g, '');
  assets.set(to, Buffer.from(source));
}
const styles = readdirSync(join(here, 'style')).filter((name) => name.endsWith('.css')).sort();
const style = styles.map((name) => read(`style/${name}`)).join('').replace(/\/\*[\s\S]*?\*\/\n?/g, '')
  .replace(/\s*([{};,>])\s*/g, '$1').replace(/: /g, ':');
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
follow('page.js');
const preloads = [...first].filter((path) => path !== 'page.js').sort()
  .map((path) => `<link rel="modulepreload" href="/a/HASH/${path}">`).join('\n');
pages['index.html'] = pages['index.html'].replace('<!-- modules -->', preloads);
const kept = [...assets.keys()].filter((path) => !/\.(txt|png)$/.test(path)).sort();
pages['sw.js'] = await madeShort(pages['sw.js'].replace('const files = [];', `const files = ${JSON.stringify(kept.map((path) => `/a/HASH/${path}`))};`), false);

rmSync(out, { recursive: true, force: true });
const sizes = new Map();
function write(path, bytes) {
  const target = join(out, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
  sizes.set(path, bytes.length);
  if (path.endsWith('.png')) return;
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(`${target}.br`, brotli);
  writeFileSync(`${target}.gz`, gzipSync(bytes, { level: 9 }));
  sizes.set(path, brotli.length);
}
for (const [path, text] of Object.entries(pages)) write(path, Buffer.from(text.replaceAll('HASH', hash)));
for (const [path, bytes] of assets) write(posix.join('a', hash, path), bytes);

// What one reader loads: the page, in the longest of its languages. Licences are there for who asks, and the
// PNGs for systems on which the page is installed.
const others = [...sizes].filter(([path]) => path.includes('/languages/')).map(([, size]) => size).sort((one, other) => one - other);
others.pop();
const unread = [...sizes].filter(([path]) => /\.(txt|png)$/.test(path)).map(([, size]) => size);
const all = [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1024;
const kilobytes = all - [...others, ...unread].reduce((sum, size) => sum + size, 0) / 1024;
console.log(`${hash}: ${assets.size + 3} files, ${kilobytes.toFixed(1)} KB with brotli for one reader, ${all.toFixed(1)} KB in all`);
if (kilobytes > Number(most)) {
  console.error(`that is more than ${most} KB`);
  process.exit(1);
}
