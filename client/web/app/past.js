// What was said before: pages of history when they are needed, a message found again, words searched for.
// Knows nothing of how a list is drawn.

/** @import { Going } from './going.js' */
/** @import { Message, Conversation, WireEvent } from '../wire.js' */
/** @import { Place } from '../model/place.js' */
import { pageMessages, mostMessages } from '../wire.js';
import { placeKey } from '../model/names.js';
import { Pages } from '../model/pages.js';

/** Hits that are shown at once. */
const hitsAtOnce = 20;
/** Lists of conversations that are read after another. */
const mostLists = 20;

/** @typedef {{words: string, from: string, isEverywhere: boolean}} Wanted */

export class Past {
  /** @param {Going} app */
  constructor(app) {
    this.app = app;
    /** The message that is to be looked at. @type {{key: string, row: string, count: number} | null} */
    this.target = null;
    this.targets = 0;
    /** How far each conversation was held when the link broke. @type {Map<string, number>} */
    this.heldUpTo = new Map();
  }

  /** @param {Place} place @param {object} page @returns {Promise<WireEvent | null>} */
  async ask(place, page) {
    const where = place.isPrivate ? { with: place.name } : { room: place.name };
    try {
      return await this.app.connection?.ask({ type: 'history', ...where, ...page }) ?? null;
    } catch (error) {
      // Conversations of guests are kept nowhere; what was asked for too fast can be asked for again.
      const { code, retry_after: pause } = /** @type {import('../wire.js').WireError} */ (error);
      if (code === 'rate_limited') setTimeout(() => this.app.model.tellPlace(place.key), pause ?? 1000);
      else if (place.isPrivate) place.pages().hasBeginning = true;
      return null;
    }
  }

  /** @param {Message[]} messages */
  said(messages) {
    return messages.filter((message) => !this.app.model.ignores(message.from)).map((message) => this.app.model.said({ ...message, seq: message.seq ?? 0 }));
  }

  /** A place is looked at: a conversation whose messages are not here yet is read. @param {Place} place */
  async open(place) {
    if (place.hasLoaded) return;
    place.hasLoaded = true;
    if (!this.app.model.account) {
      place.tail.hasBeginning = true;
      return;
    }
    await this.older(place);
  }

  /** Reads what was said before what is held. @param {Place} place */
  async older(place) {
    const pages = place.pages();
    if (place.isLoading || pages.hasBeginning || !this.app.link.isUp) return;
    place.isLoading = true;
    const before = pages.firstSeq();
    const page = await this.ask(place, { limit: pageMessages, ...(before > 0 ? { before } : {}) });
    place.isLoading = false;
    // Whoever tells of the place again asks again: that is left to the pause.
    if (!page && !pages.hasBeginning) return;
    if (page) {
      pages.prepend(this.said(page.messages));
      if (page.complete || page.messages.length === 0) pages.hasBeginning = true;
      // Unread ones that were only numbers are rows now.
      if (place.unheld.count > 0 && place.line === '') this.drawLine(place, page.messages);
    }
    this.app.model.tellPlace(place.key);
  }

  /** @param {Place} place @param {Message[]} messages */
  drawLine(place, messages) {
    const others = messages.filter((message) => this.app.model.said(message).isOwn === false);
    const first = others.at(-Math.min(place.unheld.count, others.length));
    if (first) place.line = `m${first.seq}`;
  }

  /** Reads on, where an older stretch is looked at. @param {Place} place */
  async newer(place) {
    const stretch = place.past;
    if (!stretch || place.isLoading) return;
    place.isLoading = true;
    const page = await this.ask(place, { after: Math.max(stretch.lastSeq(), stretch.readTo), limit: pageMessages });
    place.isLoading = false;
    if (!page || place.past !== stretch) return;
    stretch.readTo = page.next ?? 0;
    for (const said of this.said(page.messages)) stretch.add(said);
    const first = place.tail.firstSeq();
    if (page.complete || (first > 0 && stretch.lastSeq() >= first)) {
      place.tail.prependAll(stretch);
      place.past = null;
    }
    this.app.model.tellPlace(place.key);
  }

  /** Looks at a message, wherever it is. @param {Place} place @param {number} seq */
  async show(place, seq) {
    if (!place.pages().spans(seq) && !place.tail.spans(seq)) await this.readAround(place, seq);
    else if (!place.pages().spans(seq)) place.past = null;
    const pages = place.pages();
    const row = pages.find(`m${seq}`) ? `m${seq}` : '';
    if (row === '') return this.app.toast(this.app.words.t('messageGone'), 'error');
    this.targets += 1;
    this.target = { key: place.key, row, count: this.targets };
    this.app.model.tellPlace(place.key);
  }

  /** @param {Place} place @param {number} seq */
  async readAround(place, seq) {
    const half = pageMessages / 2;
    const [before, after] = await Promise.all([
      this.ask(place, { before: seq + 1, limit: half }), this.ask(place, { after: seq, limit: half })]);
    if (!before || !after) return;
    const stretch = new Pages();
    for (const said of this.said([...before.messages, ...after.messages])) stretch.add(said);
    stretch.hasBeginning = before.complete;
    stretch.readTo = after.next ?? 0;
    const first = place.tail.firstSeq();
    if (after.complete || (first > 0 && stretch.lastSeq() >= first)) place.tail.prependAll(stretch);
    else place.past = stretch;
  }

  /** Back to what is said now. @param {Place} place */
  toNow(place) {
    place.past = null;
    this.app.model.tellPlace(place.key);
  }

  // ---- conversations of an account

  linkLost() {
    for (const place of this.app.model.places.values()) {
      if (place.isPrivate && place.hasLoaded) this.heldUpTo.set(place.key, place.tail.lastSeq());
    }
  }

  /** Reads the list of conversations, and of those that are held what is new. */
  async catchUp() {
    let after;
    for (let lists = 0; lists < mostLists; lists += 1) {
      /** @type {WireEvent | null | undefined} */
      const list = await this.app.connection?.ask({ type: 'conversations', ...(after ? { after } : {}) }).catch(() => null);
      if (!list) return;
      for (const conversation of list.conversations) this.close(conversation);
      if (!list.more || list.conversations.length === 0) break;
      after = list.conversations.at(-1).with;
    }
  }

  /** Closes the gap that a broken link has left. @param {Conversation} conversation */
  async close(conversation) {
    const place = this.app.model.places.get(placeKey({ with: conversation.with }));
    let held = place ? this.heldUpTo.get(place.key) : undefined;
    if (!place || !held) return;
    this.heldUpTo.delete(place.key);
    // Also where nothing new was said: what was said before may have been changed.
    for (;;) {
      const page = await this.ask(place, { after: held, limit: mostMessages });
      if (!page) break;
      for (const said of this.said(page.messages)) place.tail.add(said);
      /** @type {number} */
      const end = page.next ?? page.messages.at(-1)?.seq ?? 0;
      if (end <= held || (page.complete && page.next === undefined)) break;
      held = end;
    }
    this.app.model.tellPlace(place.key);
  }

  // ---- search

  /** @param {Wanted} wanted @param {Place | undefined} place @param {number} before 0: the newest
   * @returns {Promise<WireEvent | null>} */
  async search(wanted, place, before) {
    const where = wanted.isEverywhere || !place ? {} : place.isPrivate ? { with: place.name } : { room: place.name };
    return this.app.ask({
      type: 'history', ...where, limit: hitsAtOnce, count: true,
      ...(wanted.words ? { search: wanted.words } : {}), ...(wanted.from ? { from: wanted.from } : {}), ...(before ? { before } : {}),
    });
  }
}
