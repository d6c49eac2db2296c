// The list of messages: draws a few pages of very many, and keeps what is looked at where it is, whatever changes around it.
// Knows heights and anchors, and nothing of what a row shows.

/** @import { Place } from '../model/place.js' */
/** @import { Page, Pages, Row } from '../model/pages.js' */
/** @import { App } from '../app/app.js' */
/** @import { Range } from './windowing.js' */
import { bySign, html, icon, useApp, useEffect, useLayoutEffect, useRef, useState } from './html.js';
import { looksOf, PendingView, reply, RowView } from './rows.js';
import { plain } from '../model/parts.js';
import { anchorOf, Memory, noteEnd, rangeOf, rove, setHeight, settle, wantedRange } from './list_memory.js';
import { heightOf } from './windowing.js';

/** @param {{place: Place}} props */
export function MessageList({ place }) {
  const app = useApp(`place:${place.key}`, 'settings', 'link');
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const memory = useRef(/** @type {Memory | null} */ (null));
  memory.current ??= new Memory();
  const [range, setRange] = useState(/** @type {Range | null} */ (null));
  const [active, setActive] = useState('');
  const pages = place.pages();
  const state = memory.current;
  const target = app.past.target;
  const targetRow = target?.key === place.key ? target.row : '';
  if (target && targetRow && target.count !== state.lastTarget) {
    state.lastTarget = target.count;
    state.anchor = { key: targetRow, offset: (scroller.current?.clientHeight ?? 800) * 0.35 };
    state.isAtEnd = false;
  }
  // One sees what one says.
  if (state.said !== null && state.said !== place.said) {
    state.isAtEnd = true;
    state.anchor = null;
  }
  state.said = place.said;
  const shown = rangeOf(state, pages, range, scroller.current?.clientHeight ?? 800);
  state.shown = shown;

  useLayoutEffect(() => {
    const list = /** @type {HTMLDivElement} */ (scroller.current);
    if (!state.hasPlace && pages.list.length > 0) {
      state.hasPlace = true;
      // One begins at what is unread.
      if (place.line && place.unread() > 0 && pages.find(place.line)) {
        state.anchor = { key: place.line, offset: list.clientHeight * 0.25 };
        state.isAtEnd = false;
      }
    }
    settle(list, state, pages, shown);
    const wanted = wantedRange(list, state, pages);
    // Heights that were guessed are known now: what is to be drawn may be something else.
    if ((wanted.from !== shown.from || wanted.to !== shown.to) && state.redraws < 6) {
      state.redraws += 1;
      setRange(wanted);
    } else {
      state.redraws = 0;
    }
    rove(list, state);
    attend(app, place, list, state);
  });

  useEffect(() => {
    const list = /** @type {HTMLDivElement} */ (scroller.current);
    const observer = new ResizeObserver(() => {
      if (state.width !== list.clientWidth) {
        state.width = list.clientWidth;
        state.heights.clear();
      }
      settle(list, state, place.pages(), state.shown);
      attend(app, place, list, state);
    });
    observer.observe(list);
    const attendNow = () => attend(app, place, list, state);
    for (const event of ['focus', 'blur']) addEventListener(event, attendNow);
    document.addEventListener('visibilitychange', attendNow);
    attendNow();
    return () => {
      observer.disconnect();
      for (const event of ['focus', 'blur']) removeEventListener(event, attendNow);
      document.removeEventListener('visibilitychange', attendNow);
    };
  }, [place]);

  const onScroll = () => {
    const list = scroller.current;
    if (!list) return;
    state.isScrolling = Date.now();
    noteEnd(list, state, place);
    state.anchor = anchorOf(list);
    const wanted = wantedRange(list, state, place.pages());
    if (wanted.from !== shown.from || wanted.to !== shown.to) setRange(wanted);
    if (list.scrollTop < list.clientHeight * 2) app.past.older(place);
    if (place.past && list.scrollHeight - list.scrollTop < list.clientHeight * 3) app.past.newer(place);
    attend(app, place, list, state);
  };
  const onPointer = (/** @type {Event} */ event) => {
    if (Date.now() - state.isScrolling < 120) return;
    const row = keyAt(event.target);
    if (row !== active) setActive(row);
  };

  // What is before is there before one comes to it; and a room with few messages may not fill the list.
  useEffect(() => {
    const list = /** @type {HTMLDivElement} */ (scroller.current);
    if (place.hasLoaded && list.scrollTop < list.clientHeight * 2) app.past.older(place);
  });

  const onTouch = () => { state.touchedAt = Date.now(); };
  const sizes = state.sizes(pages);
  const context = `${app.words.code}${app.settings.colours}${app.model.me}${place.role}${place.isJoined}${[...place.roles]}`;
  return html`<div class="list-frame">
    <div class="list" ref=${scroller} onScroll=${onScroll} onWheel=${onTouch} onTouchMove=${onTouch} onPointerDown=${onTouch} onKeyDownCapture=${onTouch} onPointerOver=${onPointer} onPointerLeave=${() => setActive('')}
      onFocusIn=${(/** @type {Event} */ event) => { state.focused = keyAt(event.target); setActive(state.focused); }}
      onClick=${(/** @type {Event} */ event) => setActive(keyAt(event.target))}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => onKey(app, place, state, event)} role="region" aria-label=${app.t('messagesOf', { place: place.name })}>
      <div class="list-head">${pages.hasBeginning ? html`<${Beginning} app=${app} place=${place} />` : pages.list.length > 0 && html`<span class="loading">${app.t('loadingOlder')}</span>`}</div>
      <div class="spacer" ref=${(/** @type {HTMLElement | null} */ element) => setHeight(element, heightOf(sizes, 0, shown.from))}></div>
      ${pages.list.slice(shown.from, shown.to).map((page, index) => block(app, place, pages, page, shown.from + index, active, targetRow, context))}
      <div class="spacer" ref=${(/** @type {HTMLElement | null} */ element) => setHeight(element, heightOf(sizes, shown.to, sizes.length))}></div>
      <div class="pendings">${place.past === null && place.pending.map((pending) => html`<${PendingView} key=${pending.id} app=${app} place=${place} pending=${pending} />`)}</div>
    </div>
    <${Jump} app=${app} place=${place} state=${state} onJump=${() => {
      state.isAtEnd = true;
      state.anchor = null;
      app.past.toNow(place);
      setRange(null);
    }} />
  </div>`;
}

/** A button to the newest message. @param {{app: App, place: Place, state: Memory, onJump: () => void}} props */
function Jump({ app, place, state, onJump }) {
  useApp(`end:${place.key}`);
  if (state.isAtEnd && place.past === null) return null;
  const unread = place.unread();
  return html`<button type="button" class="jump" onClick=${onJump}>${icon('down')}<span>${unread > 0 ? app.t('newMessages', { n: unread }) : app.t('toNewest')}</span></button>`;
}

/** @param {{app: App, place: Place}} props */
function Beginning({ app, place }) {
  const title = html`<strong>${place.isPrivate ? '@' : '#'}<bdi>${plain(place.name)}</bdi></strong>`;
  if (place.isPrivate) return html`<p>${title}${app.t(app.model.account && (place.tail.firstSeq() > 0 || place.tail.list.length === 0) ? 'beginningPrivate' : 'beginningPassing', { name: place.name })}</p>`;
  return html`<p>${title}${app.t(place.tail.list.length > 0 ? 'beginning' : 'emptyRoom', { room: place.name })}</p>`;
}

/** A page, with what of the list's state matters to it. @param {App} app @param {Place} place @param {Pages} pages
 * @param {Page} page @param {number} at @param {string} active @param {string} target @param {string} context */
function block(app, place, pages, page, at, active, target, context) {
  const before = pages.list[at - 1]?.rows.at(-1);
  const has = (/** @type {string} */ key) => (key !== '' && page.rows.some((row) => row.key === key) ? key : '');
  const { editing } = app.order;
  const marks = [place.line, active, target, editing?.key === place.key ? editing.row : ''].map(has);
  const sign = [page.version, before?.key, page.rows.length, context, ...marks].join(' ');
  return html`<${PageView} key=${page.id} sign=${sign} app=${app} place=${place} page=${page} before=${before} marks=${marks} context=${context} />`;
}

const PageView = bySign((/** @type {{sign: string, app: App, place: Place, page: Page, before: Row | undefined, marks: string[], context: string}} */ props) => {
  const { app, place, page, before, marks: [line, active, target, edited], context } = props;
  return html`<div class="page" data-page=${page.id}>${page.rows.map((row, index) => {
    const looks = { ...looksOf(row, index > 0 ? page.rows[index - 1] : before, line), isActive: row.key === active, isTarget: row.key === target, isEdited: row.key === edited };
    const moves = row.kind === 'moves' ? `${row.moves.joined.length} ${row.moves.left.length}` : '';
    const change = row.kind === 'message' ? `${row.message.edited} ${row.message.deleted}` : '';
    const sign = Object.values(looks).join() + moves + change + context;
    return html`<${RowBlock} key=${row.key} sign=${sign} app=${app} place=${place} row=${row} looks=${looks} />`;
  })}</div>`;
});

const RowBlock = bySign(RowView);

/** @param {App} app @param {Place} place @param {HTMLElement} list @param {Memory} state */
function attend(app, place, list, state) {
  noteEnd(list, state, place);
  const isSeen = document.visibilityState === 'visible' && document.hasFocus();
  const isDrawn = place.hasLoaded && !(place.isLoading && place.tail.list.length === 0);
  const isAttentive = isSeen && isDrawn && state.isAtEnd && app.model.current === place.key;
  if (state.toldEnd !== state.isAtEnd) app.signals.tell(`end:${place.key}`);
  state.toldEnd = state.isAtEnd;
  if (isAttentive === app.model.isAttentive) return;
  app.model.attend(isAttentive);
  if (isAttentive) app.tellReadSoon();
}

/** @param {EventTarget | null} target */
function keyAt(target) {
  const row = target instanceof Element ? target.closest('article') : null;
  return /** @type {HTMLElement | null} */ (row)?.dataset.key ?? '';
}

/** @param {App} app @param {Place} place @param {Memory} state @param {KeyboardEvent} event */
function onKey(app, place, state, event) {
  const row = event.target instanceof Element && event.target.matches('article') ? /** @type {HTMLElement} */ (event.target) : null;
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const rows = [...list.querySelectorAll('article')];
  const step = { ArrowUp: -1, ArrowDown: 1, Home: -rows.length, End: rows.length, PageUp: -10, PageDown: 10 }[event.key];
  if (step !== undefined) {
    const next = rows[Math.min(Math.max(rows.indexOf(row) + step, 0), rows.length - 1)];
    next.tabIndex = 0;
    if (next !== row) row.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
    event.preventDefault();
  } else if (event.key === 'r' || event.key === 'Enter') {
    const found = place.pages().find(state.focused);
    if (found?.kind === 'message') reply(app, place, found);
    event.preventDefault();
  } else if (event.key === 'e' || event.key === 'Delete') {
    const found = place.pages().find(state.focused);
    if (found?.kind !== 'message') return;
    if (event.key === 'e' && app.order.mayEdit(place, found)) app.order.edit(place, found);
    if (event.key === 'Delete' && app.order.mayDelete(place, found)) app.order.remove(place, found);
    event.preventDefault();
  } else if (event.key === 'Escape') {
    app.signals.tell('focus-composer');
  }
}
