// Going somewhere: the switcher between places, the list of all rooms, and what a room is about.
// Knows rooms as the server lists them.

/** @import { App } from '../../app/app.js' */
/** @import { Place } from '../../model/place.js' */
import { html, useApp, useEffect, useState } from '../html.js';
import { DialogFrame } from './dialog.js';
import { Face, Name } from '../name.js';
import { keyOf } from '../../model/names.js';
import { plain } from '../../model/parts.js';

/** Hits of the switcher that are shown. */
const mostShown = 12;
/** Lists of rooms that are read after another. */
const mostRoomLists = 20;

/** @param {{app: App, onClose: () => void}} props */
export function Switcher({ app, onClose }) {
  useApp('rooms');
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState(0);
  const key = keyOf(wanted.replace(/^[#@]/, ''));
  /** @type {{id: string, node: any, go: () => void}[]} */
  const found = [];
  // Where one was before comes first: so Ctrl-K and Enter go back and forth.
  const trail = [...app.model.trail].reverse().filter((each) => each !== app.model.current);
  const rank = (/** @type {Place} */ place) => (place.calls() > 0 ? -2 : place.unread() > 0 ? -1 : 0) * 1000 + (trail.indexOf(place.key) + 1 || 500);
  const places = [...app.model.places.values()].filter((place) => place.key !== app.model.current && keyOf(place.name).includes(key)).sort((one, other) => rank(one) - rank(other));
  for (const place of places) {
    found.push({
      id: place.key, go: () => app.turnTo(place),
      node: html`${place.isPrivate ? html`<${Face} name=${place.name} />` : html`<span class="hash">#</span>`}<bdi>${plain(place.name)}</bdi>${place.unread() > 0 && html`<span class=${`badge ${place.calls() > 0 ? 'call' : ''}`}>${place.unread()}</span>`}`,
    });
  }
  if (key !== '') {
    for (const name of app.model.people()) {
      if (!keyOf(name).includes(key) || app.model.places.has(`@${keyOf(name)}`)) continue;
      found.push({ id: `@${name}`, go: () => void app.openConversation(name), node: html`<${Face} name=${name} /><${Name} name=${name} /><small>${app.t('writePrivately')}</small>` });
      if (found.length >= mostShown) break;
    }
    if (!app.model.places.has(key)) found.push({ id: 'new', go: () => void app.openRoom(wanted.replace(/^#/, '').trim()), node: html`<span class="hash">#</span><bdi>${wanted.replace(/^#/, '')}</bdi><small>${app.t('joinRoom')}</small>` });
  }
  const shown = found.slice(0, mostShown);
  const chosen = Math.min(at, shown.length - 1);
  const go = (/** @type {number} */ index) => {
    onClose();
    shown[index]?.go();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((chosen + step + shown.length) % Math.max(shown.length, 1));
    else if (event.key === 'Enter') go(chosen);
    else return;
    event.preventDefault();
  };
  return html`<${DialogFrame} kind="switcher" title=${app.t('goTo')} close=${app.t('close')} onClose=${onClose}>
    <input type="text" role="combobox" aria-expanded="true" aria-controls="switcher-list" aria-activedescendant=${shown.length > 0 ? `switch-${chosen}` : undefined} aria-label=${app.t('goTo')} placeholder=${app.t('switcherHint')} value=${wanted} autocomplete="off" dir="auto" autofocus
      onInput=${(/** @type {Event} */ event) => { setWanted(/** @type {HTMLInputElement} */ (event.target).value); setAt(0); }} onKeyDown=${onKeyDown} />
    <ul role="listbox" id="switcher-list" aria-label=${app.t('places')}>${shown.map(({ id, node }, index) => html`<li key=${id} role="option" id=${`switch-${index}`} aria-selected=${index === chosen ? 'true' : 'false'} onClick=${() => go(index)}>${node}</li>`)}</ul>
  <//>`;
}

/** @param {{app: App, onClose: () => void}} props */
export function RoomsDialog({ app, onClose }) {
  useApp('rooms');
  const [rooms, setRooms] = useState(/** @type {{room: string, topic: string, count: number}[] | null} */ (null));
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    (async () => {
      /** @type {{room: string, topic: string, count: number}[]} */
      const all = [];
      for (let lists = 0; lists < mostRoomLists; lists += 1) {
        const answer = await app.ask({ type: 'rooms', ...(all.length > 0 ? { after: all[all.length - 1].room } : {}) });
        if (!answer) break;
        all.push(...answer.rooms);
        if (!answer.more || answer.rooms.length === 0) break;
      }
      setRooms(all.sort((one, other) => other.count - one.count));
    })();
  }, []);
  const key = keyOf(wanted.replace(/^#/, '').trim());
  const shown = rooms?.filter((room) => keyOf(room.room).includes(key) || keyOf(room.topic).includes(key)) ?? [];
  const isNew = key !== '' && rooms !== null && !rooms.some((room) => keyOf(room.room) === key);
  const go = (/** @type {string} */ room) => {
    onClose();
    app.openRoom(room);
  };
  return html`<${DialogFrame} kind="rooms" title=${app.t('browseRooms')} close=${app.t('close')} onClose=${onClose}>
    <form class="inline" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); if (key !== '') go(wanted.replace(/^#/, '').trim()); }}>
      <label class="field"><span class="unseen">${app.t('findRoom')}</span><input type="text" value=${wanted} placeholder=${app.t('findRoom')} autocomplete="off" dir="auto" autofocus onInput=${(/** @type {Event} */ event) => setWanted(/** @type {HTMLInputElement} */ (event.target).value)} /></label>
      <button type="submit" disabled=${key === ''}>${app.t(isNew ? 'makeRoom' : 'joinRoom')}</button></form>
    ${rooms === null ? html`<p class="hint">${app.t('oneMoment')}</p>` : shown.length === 0 && html`<p class="hint">${app.t('noSuchRoomYet')}</p>`}
    <ul class="rooms">${shown.map((room) => html`<li key=${room.room}><button type="button" onClick=${() => go(room.room)}><span class="hash" aria-hidden="true">#</span><bdi class="label">${plain(room.room)}</bdi><span class="about" dir="auto">${plain(room.topic)}</span><small>${app.t('peopleCount', { n: room.count })}</small></button></li>`)}</ul>
  <//>`;
}

/** @param {{app: App, place: Place, onClose: () => void}} props */
export function TopicDialog({ app, place, onClose }) {
  const [text, setText] = useState(place.topic);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    app.ask({ type: 'topic', room: place.name, text: text.trim() });
    onClose();
  };
  return html`<${DialogFrame} title=${app.t('changeTopic')} close=${app.t('close')} onClose=${onClose}>
    <form onSubmit=${submit}><label class="field"><span>${app.t('topicOf', { room: place.name })}</span><input value=${text} dir="auto" autocomplete="off" autofocus onInput=${(/** @type {Event} */ event) => setText(/** @type {HTMLInputElement} */ (event.target).value)} /></label>
    <div class="buttons"><button type="submit" class="main">${app.t('change')}</button></div></form>
  <//>`;
}
