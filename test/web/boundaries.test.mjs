// Who may know whom, as the README of the page has it; and that what has no document asks for none.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../client/web/', import.meta.url);
/** folder: what it may import of ours, besides itself */
const mayKnow = {
  connection: ['wire.js', 'model/names.js'],
  model: ['wire.js'],
  languages: [],
  app: ['wire.js', 'connection/', 'model/', 'languages/'],
  view: ['wire.js', 'app/', 'model/', 'languages/', 'view/'],
  'view/dialogs': ['wire.js', 'app/', 'model/', 'languages/', 'view/'],
};

for (const [folder, allowed] of Object.entries(mayKnow)) {
  for (const name of readdirSync(new URL(`${folder}/`, root)).filter((each) => each.endsWith('.js'))) {
    test(`${folder}/${name} knows whom it may`, () => {
      const source = readFileSync(new URL(`${folder}/${name}`, root), 'utf8');
      assert.match(source, /^\/\/ .+\n(\/\/ .+\n)+\n/, 'begins with what it is, and what it does not know');
      const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*/g, '');
      for (const [, from] of code.matchAll(/\bfrom '([^']+)'/g)) {
        if (!from.startsWith('.')) {
          assert.equal(`${folder}/${name}`, 'view/html.js', from);
          continue;
        }
        const path = new URL(from, new URL(`${folder}/${name}`, root)).pathname.slice(root.pathname.length);
        assert.ok(path.startsWith(`${folder}/`) || allowed.some((each) => path.startsWith(each)), path);
      }
      if (folder === 'connection' || folder === 'model') assert.doesNotMatch(code, /\b(document|window|localStorage|sessionStorage|navigator|location)\b/);
      assert.doesNotMatch(code, /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|\beval\b|new Function|cssText|setAttribute\('style/);
    });
  }
}
