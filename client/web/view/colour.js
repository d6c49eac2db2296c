// The colour that a name has wherever it stands.
// Knows no document and nothing of who is here: names in, numbers out.

import { keyOf } from '../model/names.js';

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
