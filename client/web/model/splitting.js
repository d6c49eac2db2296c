// A text that is too long for one message, in pieces that are not: at line breaks, else at blanks, else anywhere.
// Knows no limits of its own: bytes of UTF-8 are passed in.

import { bytesOf } from '../wire.js';

/** @param {string} text @param {number} most bytes of a piece @returns {string[]} */
export function splitText(text, most) {
  /** @type {string[]} */
  const pieces = [];
  let rest = text;
  while (bytesOf(rest) > most) {
    const fits = rest.slice(0, unitsThatFit(rest, most));
    const line = fits.lastIndexOf('\n');
    const blank = fits.search(/\s\S*$/);
    // A piece is not to become very short for the sake of a break.
    const at = line > fits.length / 2 ? line : blank > fits.length / 2 ? blank : fits.length;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at).replace(/^[\n ]/, '');
  }
  if (rest !== '') pieces.push(rest);
  return pieces.filter((piece) => piece.trim() !== '');
}

/** Never within a surrogate pair. @param {string} text @param {number} most */
function unitsThatFit(text, most) {
  let bytes = 0;
  let units = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > most) return units;
    units += character.length;
  }
  return units;
}
