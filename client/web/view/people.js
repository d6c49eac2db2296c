// Who is in the room.
// Knows names, and what can be begun with a person.

/** @import { Place } from '../model/place.js' */
import { html, icon, isNarrower, narrow, useApp, useEffect, useState } from './html.js';
import { Face, Name } from './name.js';
import { keyOf, sameName } from '../model/names.js';
import { plain } from '../model/parts.js';

/** More are asked for when they are wanted. */
const drawnAtOnce = 100;

/** @param {{place: Place}} props */
export function People({ place }) {
  const app = useApp(`people:${place.key}`, 'settings', 'session', 'ui');
  const [wanted, setWanted] = useState('');
  const [drawn, setDrawn] = useState(drawnAtOnce);
  const [open, setOpen] = useState('');
  useEffect(() => {
    if (!place.hasAllMembers && app.link.isUp) readAll(app, place);
  }, [place.key, place.hasAllMembers]);
  const level = app.model.levelOf(place);
  const key = keyOf(wanted);
  const collator = new Intl.Collator(app.words.code);
  const all = [...place.members.values()].filter((name) => keyOf(name).includes(key)).sort(collator.compare);
  return html`<aside class=${`panel people ${app.isPanelWanted ? '' : 'beside'}`} aria-label=${app.t('people')}>
    <header><h2>${app.t('peopleCount', { n: place.count })}</h2><button type="button" class="quiet" aria-label=${app.t('close')} onClick=${() => app.openPanel('')}>${icon('close')}</button></header>
    <div class="about-room">${place.topic && html`<p>${plain(place.topic)}</p>`}
      <button type="button" onClick=${() => app.open({ kind: 'topic', place })}>${app.t('changeTopic')}</button>
      <label class="field"><span class="unseen">${app.t('notifications')}</span><select value=${level} onChange=${(/** @type {Event} */ event) => app.change({ levels: { ...app.settings.levels, [place.key]: /** @type {any} */ (event.target).value } })}>${['all', 'calls', 'none'].map((each) => html`<option value=${each} selected=${each === level}>${app.t(`level.${each}`)}</option>`)}</select></label></div>
    ${place.count > 12 && html`<input type="search" class="filter" placeholder=${app.t('filterPeople')} aria-label=${app.t('filterPeople')} value=${wanted} onInput=${(/** @type {Event} */ event) => setWanted(/** @type {HTMLInputElement} */ (event.target).value)} />`}
    <ul>${all.slice(0, drawn).map((name) => {
      const isMe = sameName(name, app.model.me);
      const isIgnored = app.model.ignores(name);
      return html`<li key=${name} class=${isIgnored ? 'ignored' : ''}>
        <button type="button" class="person" aria-expanded=${isMe ? undefined : open === name ? 'true' : 'false'} disabled=${isMe} onClick=${() => setOpen(open === name ? '' : name)}><${Face} name=${name} /><${Name} name=${name} />${isMe && html`<small>${app.t('you')}</small>`}</button>
        ${open === name && html`<div class="deeds">
          <button type="button" onClick=${() => { if (isNarrower(narrow)) app.openPanel(''); app.openConversation(name); }}>${app.t('writePrivately')}</button>
          <button type="button" onClick=${() => app.change({ ignored: isIgnored ? app.settings.ignored.filter((each) => !sameName(each, name)) : [...app.settings.ignored, name] })}>${app.t(isIgnored ? 'ignoreNoMore' : 'ignore')}</button></div>`}
      </li>`;
    })}</ul>
    ${all.length > drawn && html`<button type="button" class="plain" onClick=${() => setDrawn(drawn + drawnAtOnce * 2)}>${app.t('showMore', { n: all.length - drawn })}</button>`}
    ${place.count > place.members.size && place.hasAllMembers && html`<p class="hint">${app.t('andMorePeople', { n: place.count - place.members.size })}</p>`}
  </aside>`;
}

/** Names come a hundred at a time. @param {import('../app/app.js').App} app @param {Place} place */
async function readAll(app, place) {
  let after;
  for (let pages = 0; pages < 50; pages += 1) {
    const answer = await app.ask({ type: 'who', room: place.name, ...(after ? { after } : {}) });
    if (!answer || !answer.more || answer.names.length === 0) return;
    after = answer.names.at(-1);
  }
}
