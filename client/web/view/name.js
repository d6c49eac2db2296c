// A person's name, in a colour of its own that holds wherever the name stands, and the letter that stands for it.
// Knows nothing of who is here.

/** @import { App } from '../app/app.js' */
/** @import { Place } from '../model/place.js' */
import { html } from './html.js';
import { colourOf } from './colour.js';
import { keyOf } from '../model/names.js';
import { plain } from '../model/parts.js';

/** @param {{name: string, tag?: string}} props */
export function Name({ name }) {
  return html`<bdi class=${`name c${colourOf(name)}`}>${plain(name)}</bdi>`;
}

/** @type {Record<string, string>} */
const roleSigns = { owner: '★', moderator: '◆', voice: '+' };

/** What somebody is in the room. @param {{app: App, place: Place, name: string}} props */
export function RoleMark({ app, place, name }) {
  const role = place.roles.get(keyOf(name)) ?? '';
  return roleSigns[role] ? html`<span class="role" role="img" title=${app.t(role)} aria-label=${app.t(role)}>${roleSigns[role]}</span>` : null;
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letter of a name. @param {{name: string}} props */
export function Face({ name }) {
  const [first] = letters.segment(name);
  return html`<span class=${`face c${colourOf(name)}`} aria-hidden="true">${first ? [...first.segment].slice(0, 2).join('').toUpperCase() : ''}</span>`;
}
