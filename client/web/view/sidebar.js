// The places one is in, with what is unread; the way to others; and who one is.
// Knows places by their glance, not what is said there.

/** @import { Place } from '../model/place.js' */
/** @import { App } from '../app/app.js' */
import { hashOf } from '../app/route.js';
import { html, icon, useApp } from './html.js';
import { Face, Name } from './name.js';
import { plain } from '../model/parts.js';

export function Sidebar() {
  const app = useApp('rooms', 'session', 'ui', 'settings');
  const places = [...app.model.places.values()];
  const rooms = places.filter((place) => !place.isPrivate);
  const people = places.filter((place) => place.isPrivate);
  const canRegister = app.model.account === '' && app.model.registration !== 'closed';
  return html`<nav class="sidebar" aria-label=${app.t('places')}>
    <div class="server"><span class="mark" aria-hidden="true">${mark}</span><strong title=${app.model.motd}>${app.model.server || 'Hubbub'}</strong>
      <button type="button" class="quiet close-rooms" aria-label=${app.t('close')} onClick=${() => { app.showsRooms = false; app.signals.tell('ui'); }}>${icon('close')}</button></div>
    <button type="button" class="switch" onClick=${() => app.open({ kind: 'switcher' })}>${icon('search')}<span>${app.t('goTo')}</span><kbd>${shortcut('K')}</kbd></button>
    <div class="places">
      <h2>${app.t('rooms')}<button type="button" class="quiet" title=${app.t('browseRooms')} aria-label=${app.t('browseRooms')} onClick=${() => app.open({ kind: 'rooms' })}>${icon('plus')}</button></h2>
      <ul>${rooms.map((place) => html`<${PlaceItem} key=${place.key} app=${app} place=${place} />`)}</ul>
      ${people.length > 0 && html`<h2>${app.t('conversations')}</h2><ul>${people.map((place) => html`<${PlaceItem} key=${place.key} app=${app} place=${place} />`)}</ul>`}
    </div>
    <div class="self"><${Face} name=${app.model.me || '?'} /><div class="who"><${Name} name=${app.model.me} />${canRegister ? html`<button type="button" class="plain" onClick=${() => app.open({ kind: 'register' })}>${app.t('keepName')}</button>`
        : html`<small>${app.t(app.model.account ? 'loggedIn' : 'guest')}</small>`}</div>
      <button type="button" class="quiet" title=${app.t('settings')} aria-label=${app.t('settings')} onClick=${() => app.open({ kind: 'settings' })}>${icon('settings')}</button>
    </div>
  </nav>`;
}

/** @param {{app: App, place: Place}} props */
function PlaceItem({ app, place }) {
  const isCurrent = app.model.current === place.key;
  const level = app.model.levelOf(place);
  const unread = place.unread();
  const calls = level === 'none' ? 0 : place.calls();
  const isLoud = unread > 0 && level === 'all' && !(isCurrent && app.model.isAttentive);
  const told = calls > 0 ? app.t('unreadCalls', { n: calls }) : unread > 0 ? app.t('unreadCount', { n: unread }) : '';
  return html`<li class=${`place ${isCurrent ? 'current' : ''} ${isLoud ? 'loud' : ''} ${level === 'none' ? 'muted' : ''}`}>
    <a href=${hashOf(place)} aria-current=${isCurrent ? 'page' : undefined} onClick=${(/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      app.turnTo(place);
    }}>${place.isPrivate ? html`<${Face} name=${place.name} />` : html`<span class="hash" aria-hidden="true">#</span>`}
      <bdi>${plain(place.name)}</bdi>
      ${level === 'none' && icon('mute', 'tiny')}
      ${calls > 0 ? html`<span class="badge call" aria-hidden="true">${place.isPrivate ? '' : '@'}${short(calls)}</span>`
        : unread > 0 && level !== 'none' ? html`<span class="badge" aria-hidden="true">${short(unread)}</span>` : null}
      ${told && html`<span class="unseen">${told}</span>`}</a>
    <button type="button" class="quiet leave" title=${app.t('leavePlace', { place: place.name })} aria-label=${app.t('leavePlace', { place: place.name })} onClick=${() => app.leavePlace(place)}>${icon('close')}</button>
  </li>`;
}

/** @param {number} count */
export function short(count) {
  return count > 999 ? '999+' : String(count);
}

/** @param {string} key */
function shortcut(key) {
  return /Mac|iPhone|iPad/.test(navigator.platform) ? `⌘${key}` : `Ctrl ${key}`;
}

/** The sign of Hubbub: two who speak at once. */
export const mark = html`<svg viewBox="0 0 32 32"><path class="mark-back" d="M13 5h11a5 5 0 0 1 5 5v6a5 5 0 0 1-5 5h-1v5l-6-5h-4a5 5 0 0 1-5-5v-6a5 5 0 0 1 5-5Z"/><path class="mark-front" d="M8 10h10a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-5l-6 5v-5a4 4 0 0 1-4-4v-6a5 5 0 0 1 5-5Z"/></svg>`;
