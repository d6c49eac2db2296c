// The lines of one place in their order, in small pages, so that a list need only draw a few of them.
// Knows neither heights nor rooms.

/** @import { Message } from '../wire.js' */
/** @import { Span } from './mention.js' */
/** @import { Moves } from './doorway.js' */

/** So few that to draw one more page takes a small part of a frame; what is asked for at once is four of them. */
const rowsOfPage = 25;

/** @typedef {{kind: 'message', key: string, seq: number, time: number, message: Message, isOwn: boolean, calls: Span[]}} Said */
/** @typedef {{kind: 'moves', key: string, time: number, moves: Moves}} Moved */
/** @typedef {{kind: 'fact', key: string, time: number, fact: string, values: Record<string, string | number>, text?: string}} Fact */
/** @typedef {Said | Moved | Fact} Row */
/** @typedef {{id: number, rows: Row[], version: number}} Page `version` rises with each change */

let lastId = 0;

/** @param {Row[]} rows @returns {Page} */
function pageOf(rows) {
  lastId += 1;
  return { id: lastId, rows, version: 0 };
}

/** @param {Row} row */
function seqOf(row) {
  return row.kind === 'message' ? row.seq : 0;
}

/** A stretch without gaps. */
export class Pages {
  constructor() {
    /** @type {Page[]} */
    this.list = [];
    /** Nothing is before the first. */
    this.hasBeginning = false;
    /** Up to where it was read on, where that is behind its last message: changes have numbers, too. */
    this.readTo = 0;
    /** Rises with each change. */
    this.version = 0;
    /** @type {Page | undefined} */
    this.foundIn = undefined;
  }

  /** @param {Row} row behind all others */
  append(row) {
    const last = this.list.at(-1);
    if (last && last.rows.length < rowsOfPage) {
      last.rows.push(row);
      last.version += 1;
    } else {
      this.list.push(pageOf([row]));
    }
    this.version += 1;
  }

  /** Puts a message in its place by its number; one without a number comes last.
   * @param {Said} said @returns {boolean} false: it is there already */
  add(said) {
    if (said.seq === 0 || said.seq > this.lastSeq()) {
      this.append(said);
      return true;
    }
    for (let at = this.list.length - 1; at >= 0; at -= 1) {
      const { rows } = this.list[at];
      let index = rows.length;
      for (; index > 0; index -= 1) {
        const seq = seqOf(rows[index - 1]);
        if (seq === said.seq) return false;
        if (seq !== 0 && seq < said.seq) break;
      }
      if (index === 0 && at > 0) continue;
      rows.splice(index, 0, said);
      this.list[at].version += 1;
      this.version += 1;
      return true;
    }
    return false;
  }

  /** @param {Said[]} older in order, all before the first */
  prepend(older) {
    const first = this.firstSeq();
    const fresh = older.filter((said) => first === 0 || said.seq < first);
    for (let end = fresh.length; end > 0; end -= rowsOfPage) {
      this.list.unshift(pageOf(fresh.slice(Math.max(end - rowsOfPage, 0), end)));
    }
    this.version += 1;
  }

  /** Puts a stretch before this one that reaches up to it. @param {Pages} older */
  prependAll(older) {
    const first = this.firstSeq();
    const last = older.list.at(-1);
    if (last) last.rows = last.rows.filter((row) => seqOf(row) < first);
    this.list = [...older.list.filter((page) => page.rows.length > 0), ...this.list];
    this.hasBeginning = older.hasBeginning;
    this.version += 1;
  }

  /** Lets the oldest go. @param {number} most rows that stay, about */
  trim(most) {
    let count = 0;
    let keep = this.list.length;
    while (keep > 0 && count < most) {
      keep -= 1;
      count += this.list[keep].rows.length;
    }
    if (keep === 0) return;
    this.list.splice(0, keep);
    this.hasBeginning = false;
    this.version += 1;
  }

  count() {
    return this.list.reduce((sum, page) => sum + page.rows.length, 0);
  }

  /** The lowest number; 0: none has one. */
  firstSeq() {
    for (const page of this.list) for (const row of page.rows) if (seqOf(row) !== 0) return seqOf(row);
    return 0;
  }

  lastSeq() {
    for (let at = this.list.length - 1; at >= 0; at -= 1) {
      const { rows } = this.list[at];
      for (let index = rows.length - 1; index >= 0; index -= 1) if (seqOf(rows[index]) !== 0) return seqOf(rows[index]);
    }
    return 0;
  }

  last() {
    return this.list.at(-1)?.rows.at(-1);
  }

  /** Something about the last row changed. */
  touchLast() {
    const page = this.list.at(-1);
    if (page) page.version += 1;
    this.version += 1;
  }

  /** The page that has the row of that key. @param {string} key */
  pageWith(key) {
    // What is looked for was mostly found there before.
    const has = (/** @type {Page | undefined} */ page) => page?.rows.some((row) => row.key === key);
    const known = this.list.indexOf(/** @type {Page} */ (this.foundIn));
    if (known >= 0 && has(this.foundIn)) return known;
    const found = this.list.findIndex(has);
    this.foundIn = this.list[found];
    return found;
  }

  /** @param {string} key */
  find(key) {
    return this.list[this.pageWith(key)]?.rows.find((row) => row.key === key);
  }

  /** Puts another row in the place of one. @param {string} key @param {(row: Row) => Row} make */
  replace(key, make) {
    const page = this.list[this.pageWith(key)];
    const at = page?.rows.findIndex((row) => row.key === key) ?? -1;
    const row = page && make(page.rows[at]);
    if (!row || row === page.rows[at]) return;
    page.rows[at] = row;
    page.version += 1;
    this.version += 1;
  }

  /** Whether a message of that number belongs into this stretch. @param {number} seq */
  spans(seq) {
    const first = this.firstSeq();
    return first !== 0 && (seq >= first || this.hasBeginning) && seq <= this.lastSeq();
  }
}
