// How a line of the list is drawn: a message, who came and went, a fact; and the lines between days and before the unread.
// Knows no list: which row stands where, and what is hovered, is told.

/** @import { Row, Said } from '../model/pages.js' */
/** @import { App } from '../app/app.js' */
/** @import { Place, Pending } from '../model/place.js' */
import { html, icon } from './html.js';
import { Editor } from './editor.js';
import { Face, Name, RoleMark } from './name.js';
import { Text } from './text.js';
import { dayNumber } from '../languages/translator.js';
import { hashOf } from '../app/route.js';

/** Messages of one author within this time stand under one name. */
const groupMs = 5 * 60 * 1000;
/** Names of those who came or went that are told at once. */
const mostMoved = 5;

/** @typedef {{isFirst: boolean, hasDay: boolean, hasLine: boolean, isActive: boolean, isTarget: boolean, isEdited: boolean}} Looks */

/** @param {Row} row @param {Row | undefined} before @param {string} line @returns {Pick<Looks, 'isFirst' | 'hasDay' | 'hasLine'>} */
export function looksOf(row, before, line) {
  const hasDay = before === undefined || dayNumber(before.time) !== dayNumber(row.time);
  const hasLine = line === row.key;
  const isSame = row.kind === 'message' && before?.kind === 'message' && !hasDay && !hasLine
    && before.message.from === row.message.from && !before.message.action && !row.message.action
    && row.time - before.time < groupMs;
  return { isFirst: !isSame, hasDay, hasLine };
}

/** @param {{sign: string, app: App, place: Place, row: Row, looks: Looks}} props */
export function RowView({ app, place, row, looks }) {
  const { t } = app;
  return html`
    ${looks.hasDay && html`<div class="day"><span>${app.words.day(row.time, Date.now())}</span></div>`}
    ${looks.hasLine && html`<div class="unread-line"><span>${t('unreadLine')}</span></div>`}
    ${row.kind === 'message' ? html`<${SaidView} app=${app} place=${place} said=${row} looks=${looks} />`
      : html`<article class="row aside" data-key=${row.key} tabindex="-1">${row.kind === 'moves' ? moved(app, row) : html`<bdi>${t(`fact.${row.fact}`, row.values)}</bdi>`}</article>`}`;
}

/** @param {{app: App, place: Place, said: Said, looks: Looks}} props */
function SaidView({ app, place, said, looks }) {
  const { message } = said;
  const classes = ['row', looks.isFirst ? 'first' : '', said.isOwn ? 'own' : '', said.calls.length > 0 ? 'called' : '',
    looks.isTarget ? 'target' : '', message.action ? 'deed' : ''].join(' ');
  const time = html`<time datetime=${message.time} title=${app.words.formats.full.format(said.time)}>${app.words.formats.clock.format(said.time)}</time>`;
  const edited = message.edited && html` <small class="edited" title=${app.words.formats.full.format(Date.parse(message.edited))}>${app.t('edited')}</small>`;
  const body = looks.isEdited ? html`<${Editor} app=${app} place=${place} said=${said} />`
    : message.deleted ? html`<span class="gone">${app.t('deleted')}</span>` : html`<${Text} text=${message.text} calls=${said.calls} />${edited}`;
  const content = message.action
    ? html`${time}<div class="text"><span class="star" aria-hidden="true">✱ </span><${Name} name=${message.from} /> ${body}</div>`
    : looks.isFirst
      ? html`<${Face} name=${message.from} /><header><${Name} name=${message.from} /><${RoleMark} app=${app} place=${place} name=${message.from} />${message.notice && html`<span class="tag">${app.t('notice')}</span>`}${time}</header><div class="text">${body}</div>`
      : html`<span class="unseen">${message.from}</span>${time}<div class="text">${body}</div>`;
  return html`<article class=${classes} data-key=${said.key} tabindex="-1">${content}${looks.isActive && !looks.isEdited && html`<${Actions} app=${app} place=${place} said=${said} />`}</article>`;
}

/** What can be done with a message. @param {{app: App, place: Place, said: Said}} props */
function Actions({ app, place, said }) {
  const { order } = app;
  const link = () => `${location.origin}${location.pathname}${hashOf(place, said.seq)}`;
  const action = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {() => void} */ run) => html`<button type="button" title=${app.t(name)} aria-label=${app.t(name)} onClick=${run}>${icon(sign)}</button>`;
  return html`<div class="actions" role="group" aria-label=${app.t('actions')}>
    ${!said.message.deleted && action('reply', 'reply', () => reply(app, place, said))}
    ${said.seq > 0 && action('copyLink', 'link', () => copy(app, link(), 'linkCopied'))}
    ${!said.message.deleted && action('copyText', 'copy', () => copy(app, said.message.text, 'textCopied'))}
    ${order.mayEdit(place, said) && action('mend', 'edit', () => order.edit(place, said))}
    ${order.mayDelete(place, said) && action('remove', 'trash', () => order.remove(place, said))}
    ${order.mayReport(place, said) && action('report', 'flag', () => order.report(place, said))}
  </div>`;
}

/** @param {App} app @param {string} text @param {string} done */
export async function copy(app, text, done) {
  try {
    await navigator.clipboard.writeText(text);
    app.toast(app.t(done));
  } catch {
    app.toast(app.t('cannotCopy'), 'error');
  }
}

/** Quotes the first lines of what was said. @param {App} app @param {Place} place @param {Said} said */
export function reply(app, place, said) {
  if (said.message.deleted) return;
  const lines = said.message.text.split('\n').filter((line) => !line.startsWith('> ')).slice(0, 3);
  const quoted = lines.map((line) => `> ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`).join('\n');
  app.speech.giveBack(place, `${quoted}\n${place.isPrivate ? '' : `${said.message.from}: `}`);
}

/** @param {App} app @param {Extract<Row, {kind: 'moves'}>} row */
function moved(app, row) {
  const { joined, left } = row.moves;
  const names = (/** @type {string[]} */ all) => {
    const shown = all.slice(0, mostMoved);
    const rest = all.length - shown.length;
    return html`${shown.map((name, at) => html`${at > 0 && ', '}<${Name} name=${name} />`)}${rest > 0 && app.t('andMore', { n: rest })}`;
  };
  const reason = left.length === 1 ? left[0].reason : '';
  const isOwnWords = reason !== '' && !/^[a-z_]+$/.test(reason) && !reason.startsWith('logged in as');
  return html`${joined.length > 0 && html`<span>${names(joined)} ${app.t('joined', { n: joined.length })}</span>`}${joined.length > 0 && left.length > 0 && ' · '}${left.length > 0 && html`<span>${names(left.map(({ name }) => name))} ${app.t('left', { n: left.length })}${isOwnWords && html` (<${Text} text=${reason} calls=${[]} />)`}</span>`}`;
}

/** One's own message that has not come back. @param {{app: App, place: Place, pending: Pending}} props */
export function PendingView({ app, place, pending }) {
  const isRefused = pending.state === 'refused';
  return html`<article class=${`row first own pending ${isRefused ? 'refused' : ''}`} data-key=${`p${pending.id}`} tabindex="-1">
    <${Face} name=${app.model.me} />
    <header><${Name} name=${app.model.me} /><span class="state">${isRefused ? app.t('notSent') : app.link.isUp ? app.t('sending') : app.t('waiting')}</span></header>
    <div class="text"><${Text} text=${pending.text} calls=${[]} /></div>
    ${isRefused && html`<div class="mend"><span class="why">${app.words.error(/** @type {any} */ (pending.error))}</span>
      <button type="button" onClick=${() => app.speech.mend(place, pending)}>${app.t('mend')}</button>
      <button type="button" onClick=${() => app.speech.again(place, pending)}>${app.t('sendAgain')}</button>
      <button type="button" onClick=${() => app.speech.forget(place, pending)}>${app.t('discard')}</button></div>`}
  </article>`;
}
