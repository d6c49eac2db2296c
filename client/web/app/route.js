// The part of the address behind `#`: which place one is in, and which message one looks at.
// Knows neither places nor the document: addresses in, routes out, and back.

/** @typedef {{room: string, seq: number} | {with: string, seq: number} | {invite: string} | null} Route */

/** @param {string} hash @returns {Route} */
export function routeOf(hash) {
  const invite = /^#i=([A-Za-z0-9_-]+)$/.exec(hash);
  if (invite) return { invite: invite[1] };
  const found = /^#\/(room|with)\/([^/]+)(?:\/(\d{1,16}))?$/.exec(hash);
  if (!found) return null;
  const seq = Number(found[3] ?? 0);
  try {
    const name = decodeURIComponent(found[2]);
    return found[1] === 'room' ? { room: name, seq } : { with: name, seq };
  } catch {
    return null;
  }
}

/** @param {{isPrivate: boolean, name: string}} place @param {number} [seq] */
export function hashOf(place, seq = 0) {
  return `#/${place.isPrivate ? 'with' : 'room'}/${encodeURIComponent(place.name)}${seq > 0 ? `/${seq}` : ''}`;
}
