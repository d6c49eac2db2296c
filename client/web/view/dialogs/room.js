// How a room is run: its rules, for all to see and for its owner to change; and what its moderators look after.
// Knows rules by their names and kinds.

/** @import { App } from '../../app/app.js' */
/** @import { Place } from '../../model/place.js' */
/** @import { WireEvent } from '../../wire.js' */
import { html, onForm, useApp, useEffect, useState } from '../html.js';
import { AuditList, BanList, Invitations, Webhooks } from './lists.js';
import { DialogFrame } from './dialog.js';
import { plain } from '../../model/parts.js';
import { rankIn, ranks } from '../../model/rights.js';

/** By name: yes or no, a word, a number, one of some words, or one of some lengths of time (the first is no rule).
 * @type {[string, 'flag' | 'word' | 'count' | (string | number)[]][]} */
const kinds = [
  ['moderated', 'flag'], ['invite_only', 'flag'], ['secret', 'flag'], ['key', 'word'], ['accounts_only', ['no', 'speak', 'enter']],
  ['topic_for', ['members', 'moderators']], ['history_for', ['members', 'since_join']], ['limit', 'count'],
  ['slow_mode', [0, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000]], ['keep_messages', 'count'],
  ['keep_age', [0, 86_400_000, 604_800_000, 2_592_000_000, 31_536_000_000]],
];

/** @param {{app: App, place: Place, onClose: () => void}} props */
export function RoomDialog({ app, place, onClose }) {
  useApp(`place:${place.key}`, 'session');
  const [room, setRoom] = useState(/** @type {WireEvent | null} */ (null));
  useEffect(() => {
    app.ask({ type: 'room', room: place.name }).then(setRoom);
  }, []);
  const rank = rankIn(app.model, place);
  const mayClaim = room && !room.owner && app.model.account && rank === ranks.moderator;
  const handOver = onForm((field) => app.order.give(place, field('name'), 'owner'));
  return html`<${DialogFrame} title=${`#${plain(place.name)}`} close=${app.t('close')} onClose=${onClose}>
    ${room && html`<p class="hint">${[room.owner && `${app.t('owner')}: ${plain(room.owner)}`, room.created && app.words.when(room.created), room.keyed && app.t('rule.key')].filter(Boolean).join(' · ')}</p>
      <section>${rank >= ranks.owner ? html`<${Rules} app=${app} room=${room} onChanged=${setRoom} />` : html`<${RulesShown} app=${app} room=${room} />`}</section>`}
    ${rank >= ranks.moderator && html`<section>
      <${BanList} app=${app} room=${place.name} />
      <${Invitations} app=${app} room=${place.name} mayMakeModerators=${rank >= ranks.owner} />
      <${Webhooks} app=${app} room=${place.name} />
      ${rank >= ranks.owner && html`<${AuditList} app=${app} room=${place.name} />`}
      <div class="buttons"><button type="button" onClick=${() => app.open({ kind: 'reports', room: place.name })}>${app.t('reports')}</button>
        ${mayClaim && html`<button type="button" onClick=${async () => { if (await app.ask({ type: 'role', room: place.name, role: 'owner' })) app.ask({ type: 'room', room: place.name }).then(setRoom); }}>${app.t('claim')}</button>`}
        ${rank >= ranks.owner && html`<button type="button" onClick=${() => app.order.close(place)}>${app.t('closeRoom')}</button>`}</div>
      ${rank >= ranks.owner && html`<form class="inline" onSubmit=${handOver}><label class="field"><span>${app.t('newOwner')}</span><input name="name" required dir="auto" autocomplete="off" /></label><button type="submit">${app.t('handOver')}</button></form>`}
    </section>`}
  <//>`;
}

/** @param {App} app @param {string | number} value */
function wordFor(app, value) {
  return typeof value === 'string' ? app.t(`rule.${value}`) : value === 0 ? app.t('off') : app.words.span(value);
}

/** @param {{app: App, room: WireEvent}} props */
function RulesShown({ app, room }) {
  const held = kinds.filter(([name, kind]) => room[name] && !(Array.isArray(kind) && room[name] === kind[0]));
  if (held.length === 0) return html`<p>${app.t('noRules')}</p>`;
  return html`<ul class="held">${held.map(([name, kind]) => html`<li>${app.t(`rule.${name}`)}${kind !== 'flag' && `: ${Array.isArray(kind) ? wordFor(app, room[name]) : room[name]}`}</li>`)}</ul>`;
}

/** @param {{app: App, room: WireEvent, onChanged: (room: WireEvent) => void}} props */
function Rules({ app, room, onChanged }) {
  const submit = onForm(async (field) => {
    /** @type {Record<string, any>} */
    const set = {};
    for (const [name, kind] of kinds) {
      const text = field(name);
      const isNumber = kind === 'count' || (Array.isArray(kind) && kind[0] === 0);
      const value = kind === 'flag' ? text !== '' : isNumber ? Number(text) : text;
      const present = room[name] ?? (kind === 'flag' ? false : isNumber ? 0 : Array.isArray(kind) ? kind[0] : '');
      if (value !== present) set[name] = value;
    }
    if (Object.keys(set).length === 0) return;
    const changed = await app.ask({ type: 'room', room: room.room, set });
    if (!changed) return;
    onChanged({ ...changed, created: room.created, owner: room.owner });
    app.toast(app.t('done'));
  });
  return html`<form class="rules" onSubmit=${submit}>${kinds.map(([name, kind]) => {
    const value = room[name];
    if (kind === 'flag') return html`<label class="check"><input type="checkbox" name=${name} defaultChecked=${value === true} /><span>${app.t(`rule.${name}`)}</span></label>`;
    if (!Array.isArray(kind)) return html`<label class="field choice"><span>${app.t(`rule.${name}`)}</span><input name=${name} type=${kind === 'count' ? 'number' : 'text'} min="0" defaultValue=${value ?? ''} autocomplete="off" /></label>`;
    const choices = value === undefined || kind.includes(value) ? kind : [...kind, value];
    return html`<label class="field choice"><span>${app.t(`rule.${name}`)}</span><select name=${name}>${choices.map((each) => html`<option value=${each} selected=${each === (value ?? kind[0])}>${wordFor(app, each)}</option>`)}</select></label>`;
  })}<div class="buttons"><button type="submit" class="main">${app.t('change')}</button></div></form>`;
}
