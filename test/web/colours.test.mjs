// Names, and the words on the page, can be read: 4.5:1 at least (WCAG 2.2, 1.4.3), on light and on dark, on every ground.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { colourCount, colourOf } from '../../client/web/view/colour.js';

const style = readFileSync(new URL('../../client/web/style/1_colours.css', import.meta.url), 'utf8');
/** name: [light, dark] */
const colours = new Map([...style.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, ...pair]) => [name, pair]));

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['ground', 'side', 'raised', 'hover', 'called', 'chosen'];
const pairs = [
  ...Array.from({ length: colourCount }, (_, at) => [`name-${at}`, grounds]),
  ['ink', [...grounds, 'line', 'warn-ground']], ['soft', grounds], ['accent', ['ground', 'side', 'raised', 'hover', 'chosen']],
  ['on-accent', ['accent']], ['alarm', ['ground', 'alarm-ground']],
];

for (const [at, theme] of ['light', 'dark'].entries()) {
  test(`what is written can be read: ${theme}`, () => {
    for (const [name, on] of pairs) {
      for (const ground of on) {
        const ratio = contrast(colours.get(name)[at], colours.get(ground)[at]);
        assert.ok(ratio >= 4.5, `${name} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });
}

test('a field and its edge can be told apart', () => {
  for (const at of [0, 1]) assert.ok(contrast(colours.get('edge')[at], colours.get('ground')[at]) >= 3);
});

test('a name has its colour however it is spelt, and every colour is somebody\'s', () => {
  assert.equal(colourOf('Борис'), colourOf('БОРИС'));
  const used = new Set(Array.from({ length: 500 }, (_, at) => colourOf(`guest-${at}`)));
  assert.equal(used.size, colourCount);
});
