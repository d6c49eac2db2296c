// A person's name, in a colour of its own that holds wherever the name stands, and the letter that stands for it.
// Knows nothing of who is here.

import { html } from './html.js';
import { keyOf } from '../model/names.js';
import { plain } from '../model/parts.js';

/** As many as style/colours.css has. */
export const colourCount = 12;

/** @type {Map<string, number>} */
const known = new Map();

/** @param {string} name @returns {number} */
export function colourOf(name) {
  let colour = known.get(name);
  if (colour === undefined) {
    // FNV-1a: the same on every device, without a table.
    let hash = 0x811c9dc5;
    for (const character of keyOf(name)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    colour = ((hash ^ (hash >>> 15)) >>> 0) % colourCount;
    if (known.size > 5000) known.clear();
    known.set(name, colour);
  }
  return colour;
}

/** @param {{name: string, tag?: string}} props */
export function Name({ name }) {
  return html`<bdi class=${`name c${colourOf(name)}`}>${plain(name)}</bdi>`;
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letter of a name. @param {{name: string}} props */
export function Face({ name }) {
  const [first] = letters.segment(name);
  return html`<span class=${`face c${colourOf(name)}`} aria-hidden="true">${first ? [...first.segment].slice(0, 2).join('').toUpperCase() : ''}</span>`;
}
