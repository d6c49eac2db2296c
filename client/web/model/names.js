// Names of people and rooms: which count as the same, and what keys and addresses they have.
// Knows nothing of who bears them.

/** The case folding of one string, code point by code point: a final sigma must not depend on what is around it.
 * @param {string} text */
function caseFolded(text) {
  let folded = '';
  for (const character of text) {
    // The only letter that case mapping there and back changes, while case folding keeps it.
    folded += character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase();
  }
  return folded;
}

/** Unicode's NFKC_Casefold: two names with the same key are the same. @param {string} name */
export function keyOf(name) {
  // What names on this page mostly are needs no tables.
  if (/^[\x20-\x7e]*$/.test(name)) return name.toLowerCase();
  const visible = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return caseFolded(visible).normalize('NFKC');
}

/** @param {string} one @param {string} other */
export function sameName(one, other) {
  return one === other || keyOf(one) === keyOf(other);
}

/** The key of a place: a room, or a private conversation. Names of rooms hold no `@`.
 * @param {{room?: string, with?: string}} place */
export function placeKey(place) {
  return place.with !== undefined ? `@${keyOf(place.with)}` : keyOf(place.room ?? '');
}
