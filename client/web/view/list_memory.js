// Where one is in a long list: what is drawn of it, what is looked at, and how that stays in its place.
// Knows heights and keys of rows, and nothing of what they show.

/** @import { Place } from '../model/place.js' */
/** @import { Pages } from '../model/pages.js' */
/** @import { Range } from './windowing.js' */
import { choosePages, choosePagesAround, heightOf } from './windowing.js';

/** So near to the end the list stays at the end. */
const nearEnd = 40;
/** Before a row was measured it is taken to be so high. */
const guessedHeight = 40;

/** @typedef {{key: string, offset: number} | null} Anchor a row, and how far below the top of the list it is */

/** What is remembered between two drawings. */
export class Memory {
  constructor() {
    /** @type {Map<number, number>} by the id of a page */
    this.heights = new Map();
    /** @type {Anchor} */
    this.anchor = null;
    /** What is drawn. @type {Range} */
    this.shown = { from: 0, to: 0 };
    this.isAtEnd = true;
    this.toldEnd = true;
    this.top = 0;
    this.focused = '';
    this.width = 0;
    this.hasPlace = false;
    this.lastTarget = 0;
    this.said = /** @type {number | null} */ (null);
    this.isScrolling = 0;
    /** When the reader did last what may scroll. */
    this.touchedAt = 0;
    this.redraws = 0;
  }

  /** @param {Pages} pages */
  sizes(pages) {
    let rows = 0;
    let height = 0;
    for (const page of pages.list) {
      const known = this.heights.get(page.id);
      if (known === undefined) continue;
      rows += page.rows.length;
      height += known;
    }
    const each = rows > 0 ? height / rows : guessedHeight;
    return pages.list.map((page) => ({ rows: page.rows.length, height: this.heights.get(page.id) ?? page.rows.length * each }));
  }
}

/** @param {HTMLElement | null} element @param {number} height */
export function setHeight(element, height) {
  if (element) element.style.height = `${height}px`;
}

/** What is to be drawn before the list is there, or when another has told. @param {Memory} state @param {Pages} pages
 * @param {Range | null} range @param {number} viewport @returns {Range} */
export function rangeOf(state, pages, range, viewport) {
  const count = pages.list.length;
  if (count === 0) return { from: 0, to: 0 };
  const sizes = state.sizes(pages);
  if (state.isAtEnd || (!state.anchor && !range)) return choosePagesAround(sizes, count - 1, viewport);
  const at = state.anchor ? pages.pageWith(state.anchor.key) : -1;
  if (at >= 0) {
    // The anchor's page is always drawn; what was chosen by scrolling holds while it has that page.
    if (range && range.from <= at && at < range.to && range.to <= count) return range;
    return choosePagesAround(sizes, at, viewport);
  }
  const from = Math.min(range?.from ?? 0, count - 1);
  return { from, to: Math.min(Math.max(range?.to ?? count, from + 1), count) };
}

/** @param {HTMLElement} list @param {Memory} state @param {Pages} pages @returns {Range} */
export function wantedRange(list, state, pages) {
  const head = /** @type {HTMLElement | null} */ (list.querySelector('.list-head'))?.offsetHeight ?? 0;
  return choosePages(state.sizes(pages), list.scrollTop - head, list.clientHeight);
}

/** Measures what is drawn, and puts the anchor back to where it was. @param {HTMLElement} list @param {Memory} state
 * @param {Pages} pages @param {Range} shown */
export function settle(list, state, pages, shown) {
  for (const element of list.querySelectorAll('.page')) {
    state.heights.set(Number(/** @type {HTMLElement} */ (element).dataset.page), element.getBoundingClientRect().height);
  }
  const sizes = state.sizes(pages);
  const [above, below] = list.querySelectorAll('.spacer');
  setHeight(/** @type {HTMLElement} */ (above), heightOf(sizes, 0, shown.from));
  setHeight(/** @type {HTMLElement} */ (below), heightOf(sizes, shown.to, sizes.length));
  // The reader may have scrolled, and that is told later than this is drawn.
  const scrolled = Date.now() - state.touchedAt < 500 ? list.scrollTop - state.top : 0;
  if (state.isAtEnd && scrolled < -1) {
    state.isAtEnd = isNearEnd(list);
    state.anchor = anchorOf(list);
  } else if (state.anchor) {
    state.anchor.offset -= scrolled;
  }
  if (state.isAtEnd) {
    list.scrollTop = list.scrollHeight;
    state.top = list.scrollTop;
    return;
  }
  state.anchor ??= anchorOf(list);
  const row = state.anchor && list.querySelector(`[data-key="${state.anchor.key}"]`);
  if (!row || !state.anchor) return;
  const moved = row.getBoundingClientRect().top - list.getBoundingClientRect().top - state.anchor.offset;
  if (Math.abs(moved) >= 0.5) list.scrollTop += moved;
  state.top = list.scrollTop;
}

/** @param {HTMLElement} list */
function isNearEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < nearEnd;
}

/** Only who scrolls up leaves the end: the list also becomes longer, or its frame lower, by itself.
 * @param {HTMLElement} list @param {Memory} state @param {Place} place */
export function noteEnd(list, state, place) {
  const isNear = isNearEnd(list);
  if (place.past !== null) state.isAtEnd = false;
  else if (isNear) state.isAtEnd = true;
  else if (list.scrollTop < state.top - 1) state.isAtEnd = false;
  state.top = list.scrollTop;
}

/** The first row that is seen; null: what is drawn is elsewhere, as one has jumped. @param {HTMLElement} list @returns {Anchor} */
export function anchorOf(list) {
  const { top, bottom } = list.getBoundingClientRect();
  for (const page of list.querySelectorAll('.page')) {
    if (page.getBoundingClientRect().bottom <= top) continue;
    const rows = page.querySelectorAll('article');
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    const row = rows[low];
    if (!row) continue;
    const at = row.getBoundingClientRect().top;
    return at < bottom ? { key: row.dataset.key ?? '', offset: at - top } : null;
  }
  return null;
}

/** One row can be reached with Tab: the one that had the focus, or else the last. @param {HTMLElement} list @param {Memory} state */
export function rove(list, state) {
  const rows = list.querySelectorAll('article');
  const found = state.focused ? list.querySelector(`article[data-key="${state.focused}"]`) : null;
  const chosen = found ?? rows[rows.length - 1];
  for (const row of list.querySelectorAll('article')) if (row.tabIndex === 0 && row !== chosen) row.tabIndex = -1;
  if (chosen instanceof HTMLElement) chosen.tabIndex = 0;
}
