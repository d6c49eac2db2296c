// How far a room has been read, messages and what has become of them, and the gap that a broken link leaves; private
// messages that come twice.
// Knows no socket and no clock: takes events, and says which of them are new.

/** @import { Message, WireEvent } from '../wire.js' */

/** Holds live events while the history in a gap is read page by page, and then releases everything in order. */
export class Feed {
  /** Most live events held. At the limit they are dropped, and their messages read from the history. */
  static mostHeld = 2000;

  /** @param {string} room @param {number} seen @param {string} epoch the journal that `seen` is a number of */
  constructor(room, seen, epoch) {
    this.room = room;
    this.seen = seen;
    /** The newest message that is known of; a change may be newer. */
    this.lastMessage = seen;
    /** While catching up: the end of the last page; what is held may come before it. */
    this.read = 0;
    this.epoch = epoch;
    this.isCatchingUp = false;
    this.hasDropped = false;
    /** @type {WireEvent} */
    this.joined = { type: 'joined', room, history: [], last: 0 };
    /** @type {WireEvent[]} */
    this.held = [];
  }

  /** Notes a message that is about to be delivered. @param {Message} message @returns {boolean} it is new */
  take(message) {
    if (message.seq <= this.seen) return false;
    this.seen = message.seq;
    this.lastMessage = Math.max(this.lastMessage, this.seen);
    return true;
  }

  /** Notes an `edited` or `deleted` that is about to be delivered. @param {WireEvent} change */
  takeChange(change) {
    this.seen = Math.max(this.seen, change.change ?? 0);
  }

  /** What the next page of the gap goes on from. */
  from() {
    return this.isCatchingUp ? this.read : this.seen;
  }

  /** Takes the `joined` that answers joining again, and cuts out of it what was seen before. Where there is a gap its
   * changes are left to the pages, as they may not be all.
   * @param {WireEvent} joined @returns {boolean} there is a gap before its history, and it is held until that is closed */
  resume(joined) {
    // The server's numbering has begun anew, and `seen` is no number of it.
    const isOther = this.epoch !== '' && Boolean(joined.epoch) && joined.epoch !== this.epoch;
    const isAnew = isOther || joined.last < this.lastMessage;
    this.lastMessage = joined.last;
    this.epoch = joined.epoch ?? '';
    if (isAnew) {
      this.seen = 0;
      joined.changes = [];
    }
    if (joined.complete || isAnew) {
      joined.history = this.unseen(joined.history, Infinity);
      this.seen = Math.max(this.seen, joined.last);
      for (const change of joined.changes ?? []) this.takeChange(change);
      return false;
    }
    this.isCatchingUp = true;
    this.hasDropped = false;
    this.read = this.seen;
    joined.changes = [];
    this.joined = joined;
    return true;
  }

  /** @param {WireEvent} event */
  hold(event) {
    if (this.held.length >= Feed.mostHeld) {
      this.held = [];
      this.joined.history = [];
      this.hasDropped = true;
    }
    this.held.push(event);
  }

  /** Takes one page of the gap, and cuts out of it what was seen before or is held. From a server that says where to go on
   * (`next`) pages are needed until nothing is left, even if the messages are there: what was changed is in them.
   * @param {WireEvent} history @returns {boolean} another page is needed, after `read` */
  page(history) {
    const again = this.hasDropped;
    this.hasDropped = false;
    if (again && this.read !== this.seen) {
      // What was dropped came before this page.
      history.messages = history.changes = [];
      this.read = this.seen;
      return true;
    }
    const last = history.messages.at(-1)?.seq ?? 0;
    const end = history.next ?? last;
    // After an empty page, or one that ends where it began, the same page would be asked for again for ever.
    const isLast = history.next === undefined ? history.complete || last === 0 || last >= this.firstHeld() : end <= this.read;
    history.messages = this.unseen(history.messages, this.firstHeld());
    this.read = Math.max(this.read, end);
    this.seen = Math.max(this.seen, Math.min(this.read, this.firstHeld() - 1));
    return again || !isLast;
  }

  /** The link broke again: what is held is dropped, as the history has it. */
  forgetHeld() {
    this.isCatchingUp = false;
    this.held = [];
    this.joined = { type: 'joined', room: this.room, history: [], last: 0 };
  }

  /** The gap is closed. @returns {WireEvent[]} what was held, in order */
  release() {
    const joined = this.joined;
    joined.history = this.unseen(joined.history, Infinity);
    const events = [joined];
    for (const event of this.held) {
      if (event.change) this.takeChange(event);
      if (event.type !== 'message' || this.take(/** @type {any} */ (event))) events.push(event);
    }
    this.seen = Math.max(this.seen, this.read, joined.last);
    this.forgetHeld();
    return events;
  }

  firstHeld() {
    if (this.joined.history.length > 0) return this.joined.history[0].seq;
    return this.held.find((event) => event.type === 'message')?.seq ?? Infinity;
  }

  /** @param {Message[]} messages @param {number} before */
  unseen(messages, before) {
    return messages.filter((message) => message.seq < before && this.take(message));
  }
}

/** Knows repeated private messages. A client whose link breaks sends again under the same `id`; in rooms the server
 * drops the repeat, but what is said to a guest is stored nowhere, so that the recipient has to. */
export class Repeats {
  static most = 1000;
  static age = 10 * 60 * 1000;

  constructor() {
    /** @type {Map<string, number>} */
    this.seen = new Map();
  }

  /** Remembers the message. @param {Message} message @param {number} now @returns {boolean} it came before */
  has(message, now) {
    if (!message.id) return false;
    for (const [key, time] of this.seen) {
      if (now - time <= Repeats.age) break;
      this.seen.delete(key);
    }
    const key = JSON.stringify([message.from, message.id, message.text]);
    if (this.seen.has(key)) return true;
    if (this.seen.size >= Repeats.most) this.seen.delete(this.seen.keys().next().value ?? '');
    this.seen.set(key, now);
    return false;
  }
}
