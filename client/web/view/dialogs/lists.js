// Lists that the server has of a room or of itself, each with what can be done about an entry: bans, invitations, webhooks, audit.
// Knows how such lists are asked for, and shows whatever they have.

/** @import { App } from '../../app/app.js' */
/** @import { WireEvent, WireRequest } from '../../wire.js' */
import { html, onForm, useEffect, useState } from '../html.js';
import { copy } from '../rows.js';
import { plain } from '../../model/parts.js';

/** @param {{app: App, spans: number[], chosen?: number, name?: string}} props 0: for good, or none */
export function SpanChoice({ app, spans, chosen = spans[0], name = 'for' }) {
  return html`<label class="field"><span>${app.t('howLong')}</span><select name=${name}>${(spans.includes(chosen) ? spans : [chosen, ...spans]).map((ms) => html`<option value=${ms} selected=${ms === chosen}>${ms === 0 ? app.t('forGood') : app.words.span(ms)}</option>`)}</select></label>`;
}

/** A word for a button, what it does or asks for, and whether it is there. @typedef {[string, (entry: any) => WireRequest | void, ((entry: any) => boolean | undefined)?]} ListDeed */

/** Read when it is opened. @param {{app: App, title?: string, isOpen?: boolean, request: WireRequest, list: string, line: (entry: any) => any,
 *   deeds?: ListDeed[], page?: 'after' | 'before', children?: any, version?: number}} props */
export function Listed({ app, title = '', isOpen = false, request, list, line, deeds = [], page, children, version = 0 }) {
  const [entries, setEntries] = useState(/** @type {WireEvent[] | null} */ (null));
  const [hasMore, setMore] = useState(false);
  const read = async (/** @type {WireEvent[]} */ before = []) => {
    const answer = await app.ask({ ...request, ...(before.length > 0 && page ? { [page]: before[before.length - 1].id } : {}) });
    if (!answer) return;
    setEntries([...before, ...answer[list]]);
    setMore(Boolean(page && answer.more && answer[list].length > 0));
  };
  useEffect(() => {
    if (isOpen || version > 0) read();
  }, [version]);
  const run = async (/** @type {ListDeed[1]} */ deed, /** @type {WireEvent} */ entry) => {
    const asked = deed(entry);
    if (asked && await app.ask(asked)) read();
  };
  const body = html`${children}${entries?.length === 0 && html`<p class="hint">${app.t('nothing')}</p>`}
    <ul class="devices">${entries?.map((entry) => html`<li key=${entry.id}><span>${line(entry)}</span>
      ${deeds.map(([word, deed, isThere]) => (isThere?.(entry) ?? true) && html`<button type="button" onClick=${() => run(deed, entry)}>${app.t(word)}</button>`)}</li>`)}</ul>
    ${hasMore && html`<button type="button" class="plain" onClick=${() => read(entries ?? [])}>${app.t('more')}</button>`}`;
  if (title === '') return body;
  return html`<details onToggle=${(/** @type {Event} */ event) => { if (/** @type {HTMLDetailsElement} */ (event.target).open && entries === null) read(); }}><summary>${app.t(title)}</summary>${body}</details>`;
}

/** @param {App} app @param {WireEvent} entry */
function untilOf(app, entry) {
  return entry.until ? app.t('untilTime', { time: app.words.when(entry.until) }) : '';
}

/** @param {{app: App, room: string}} props */
export function BanList({ app, room }) {
  return html`<${Listed} app=${app} title="bans" request=${{ type: 'bans', room }} list="bans" page="after"
    line=${(/** @type {WireEvent} */ ban) => html`<bdi class="label">${plain(ban.mask)}</bdi> <span class="tag">${app.t(ban.action)}</span><small>${[ban.by, untilOf(app, ban), ban.reason].filter(Boolean).map(plain).join(' · ')}</small>`}
    deeds=${[['endIt', (/** @type {WireEvent} */ ban) => ({ type: 'unban', id: ban.id })]]} />`;
}

/** Something that is shown once, to be copied. @param {{app: App, text: string}} props */
function Once({ app, text }) {
  return html`<div class="inline once"><label class="field"><span>${app.t('shownOnce')}</span><input readonly value=${text} onFocus=${(/** @type {any} */ event) => event.target.select()} /></label><button type="button" onClick=${() => copy(app, text, 'linkCopied')}>${app.t('copyText')}</button></div>`;
}

/** Into a room; without one, to have an account. @param {{app: App, room?: string, mayMakeModerators?: boolean}} props */
export function Invitations({ app, room, mayMakeModerators = false }) {
  const [link, setLink] = useState('');
  const [version, setVersion] = useState(0);
  const where = room ? { room } : {};
  const make = onForm(async (field) => {
    const uses = Number(field('uses'));
    const ms = Number(field('for'));
    const made = await app.ask({ type: 'invite', ...where, ...(uses > 0 ? { uses } : {}), ...(ms > 0 ? { for: ms } : {}), ...(field('role') && field('role') !== 'none' ? { role: field('role') } : {}) });
    if (!made) return;
    setLink(made.url ?? `${location.origin}/#i=${made.token}`);
    setVersion(version + 1);
  });
  return html`<${Listed} app=${app} title="invitations" version=${version} request=${{ type: 'invites', ...where }} list="invites" page=${room ? 'after' : undefined}
    line=${(/** @type {WireEvent} */ invite) => html`<bdi class="label">${invite.name ? plain(invite.name) : app.t('usesLeft', { n: invite.uses })}</bdi>${invite.role && html` <span class="tag">${app.t(invite.role)}</span>`}<small>${[invite.by, untilOf(app, invite)].filter(Boolean).map(plain).join(' · ')}</small>`}
    deeds=${[['endIt', (/** @type {WireEvent} */ invite) => ({ type: 'uninvite', id: invite.id })]]}>
    <form class="inline" onSubmit=${make}>
      <label class="field"><span>${app.t('uses')}</span><input name="uses" type="number" min="1" max="1000000" defaultValue="1" /></label>
      <${SpanChoice} app=${app} spans=${[604_800_000, 86_400_000, 3_600_000, 0]} />
      ${room && html`<label class="field"><span>${app.t('role')}</span><select name="role">${['none', 'voice', ...(mayMakeModerators ? ['moderator'] : [])].map((each) => html`<option value=${each}>${app.t(each)}</option>`)}</select></label>`}
      <button type="submit">${app.t('makeLink')}</button></form>
    ${link && html`<${Once} app=${app} text=${link} />`}
  <//>`;
}

/** @param {{app: App, room: string}} props */
export function Webhooks({ app, room }) {
  const [secret, setSecret] = useState('');
  const [version, setVersion] = useState(0);
  const make = onForm(async (field, form) => {
    const made = await app.ask({ type: 'webhook', room, name: field('name') });
    if (!made) return;
    form.reset();
    setSecret(made.url || made.token);
    setVersion(version + 1);
  });
  return html`<${Listed} app=${app} title="webhooks" version=${version} request=${{ type: 'webhooks', room }} list="webhooks"
    line=${(/** @type {WireEvent} */ hook) => html`<bdi class="label">${plain(hook.name)}</bdi><small>${[hook.by, app.words.when(hook.created)].filter(Boolean).map(plain).join(' · ')}</small>`}
    deeds=${[['endIt', (/** @type {WireEvent} */ hook) => ({ type: 'webhook_revoke', id: hook.id })]]}>
    <form class="inline" onSubmit=${make}><label class="field"><span>${app.t('webhookName')}</span><input name="name" required dir="auto" autocomplete="off" /></label><button type="submit">${app.t('makeIt')}</button></form>
    ${secret && html`<${Once} app=${app} text=${secret} />`}
  <//>`;
}

/** @param {{app: App, room?: string}} props */
export function AuditList({ app, room }) {
  return html`<${Listed} app=${app} title="audit" request=${{ type: 'audit', ...(room ? { room } : {}) }} list="entries" page="before"
    line=${(/** @type {WireEvent} */ entry) => html`<bdi>${[entry.by, entry.action, entry.whom, [entry.before, entry.after].filter(Boolean).join(' → ')].filter(Boolean).map(plain).join(' · ')}</bdi><small>${app.words.when(entry.time)}${!room && entry.room ? ` · #${plain(entry.room)}` : ''}</small>`} />`;
}
