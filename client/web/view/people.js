// Who is in the room.
// Knows names, and what can be begun with a person.

/** @import { App } from '../app/app.js' */
/** @import { Place } from '../model/place.js' */
import { html, icon, isNarrower, narrow, onForm, useApp, useEffect, useState } from './html.js';
import { Face, Name, RoleMark } from './name.js';
import { keyOf, sameName } from '../model/names.js';
import { rankOf, ranks } from '../model/rights.js';
import { plain } from '../model/parts.js';

/** More are asked for when they are wanted. */
const drawnAtOnce = 100;

/** @param {{place: Place}} props */
export function People({ place }) {
  const app = useApp(`people:${place.key}`, `place:${place.key}`, 'settings', 'session', 'ui');
  const [wanted, setWanted] = useState('');
  const [drawn, setDrawn] = useState(drawnAtOnce);
  const [open, setOpen] = useState('');
  useEffect(() => {
    if (!place.hasAllMembers && app.link.isUp) readAll(app, place);
  }, [place.key, place.hasAllMembers]);
  const level = app.model.levelOf(place);
  const key = keyOf(wanted);
  const collator = new Intl.Collator(app.words.code);
  const rank = (/** @type {string} */ name) => rankOf(place.roles.get(keyOf(name)));
  const all = [...place.members.values()].filter((name) => keyOf(name).includes(key)).sort((one, other) => rank(other) - rank(one) || collator.compare(one, other));
  return html`<aside class=${`panel people ${app.isPanelWanted ? '' : 'beside'}`} aria-label=${app.t('people')}>
    <header><h2>${app.t('peopleCount', { n: place.count })}</h2><button type="button" class="quiet" aria-label=${app.t('close')} onClick=${() => app.openPanel('')}>${icon('close')}</button></header>
    <div class="about-room">${place.topic && html`<p>${plain(place.topic)}</p>`}
      <button type="button" onClick=${() => app.open({ kind: 'topic', place })}>${app.t('changeTopic')}</button>
      <button type="button" onClick=${() => app.open({ kind: 'room', place })}>${app.t('aboutRoom')}</button>
      <label class="field"><span class="unseen">${app.t('notifications')}</span><select value=${level} onChange=${(/** @type {Event} */ event) => app.change({ levels: { ...app.settings.levels, [place.key]: /** @type {any} */ (event.target).value } })}>${['all', 'calls', 'none'].map((each) => html`<option value=${each} selected=${each === level}>${app.t(`level.${each}`)}</option>`)}</select></label></div>
    ${place.count > 12 && html`<input type="search" class="filter" placeholder=${app.t('filterPeople')} aria-label=${app.t('filterPeople')} value=${wanted} onInput=${(/** @type {Event} */ event) => setWanted(/** @type {HTMLInputElement} */ (event.target).value)} />`}
    <ul>${all.slice(0, drawn).map((name) => {
      const isMe = sameName(name, app.model.me);
      return html`<li key=${name} class=${app.model.ignores(name) ? 'ignored' : ''}>
        <button type="button" class="person" aria-expanded=${isMe ? undefined : open === name ? 'true' : 'false'} disabled=${isMe} onClick=${() => setOpen(open === name ? '' : name)}><${Face} name=${name} /><${Name} name=${name} /><${RoleMark} app=${app} place=${place} name=${name} />${isMe && html`<small>${app.t('you')}</small>`}</button>
        ${open === name && html`<${Deeds} app=${app} place=${place} name=${name} />`}
      </li>`;
    })}</ul>
    ${all.length > drawn && html`<button type="button" class="plain" onClick=${() => setDrawn(drawn + drawnAtOnce * 2)}>${app.t('showMore', { n: all.length - drawn })}</button>`}
    ${place.count > place.members.size && place.hasAllMembers && html`<p class="hint">${app.t('andMorePeople', { n: place.count - place.members.size })}</p>`}
  </aside>`;
}

/** What can be begun with a person, as far as one may. @param {{app: App, place: Place, name: string}} props */
function Deeds({ app, place, name }) {
  const { order } = app;
  const isIgnored = app.model.ignores(name);
  const roles = order.rolesFor(place, name);
  const role = place.roles.get(keyOf(name)) ?? 'none';
  const others = [...app.model.places.values()].filter((each) => !each.isPrivate && each.isJoined && each !== place);
  const deed = (/** @type {string} */ word, /** @type {() => void} */ run) => html`<button type="button" onClick=${run}>${app.t(word)}</button>`;
  return html`<div class="deeds">
    ${deed('writePrivately', () => { if (isNarrower(narrow)) app.openPanel(''); app.openConversation(name); })}
    ${deed(isIgnored ? 'ignoreNoMore' : 'ignore', () => app.change({ ignored: isIgnored ? app.settings.ignored.filter((each) => !sameName(each, name)) : [...app.settings.ignored, name] }))}
    ${order.runs(place) && html`${deed('mute', () => order.ban(place, name, 'mute'))}${deed('kick', () => order.kick(place, name))}${deed('ban', () => order.ban(place, name, 'ban'))}`}
    ${rankOf(app.model.role) >= ranks.moderator && deed('disconnect', () => order.disconnect(name))}
    ${roles.length > 0 && html`<form class="inline" onSubmit=${onForm((field) => order.give(place, name, field('role')))}><label class="field"><span>${app.t('role')}</span><select name="role">${roles.map((each) => html`<option value=${each} selected=${each === role}>${app.t(each)}</option>`)}</select></label><button type="submit">${app.t('change')}</button></form>`}
    ${others.length > 0 && html`<form class="inline" onSubmit=${onForm((field) => order.invite(field('room'), name))}><label class="field"><span>${app.t('inviteTo')}</span><select name="room">${others.map((each) => html`<option value=${each.name}>#${plain(each.name)}</option>`)}</select></label><button type="submit">${app.t('inviteNow')}</button></form>`}
  </div>`;
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
