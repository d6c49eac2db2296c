// How far a room has been read, and the gap that a broken link leaves; private messages that come twice.
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
    return true;
  }

  /** Takes the `joined` that answers joining again, and cuts out of it what was seen before.
   * @param {WireEvent} joined @returns {boolean} there is a gap before its history, and it is held until that is closed */
  resume(joined) {
    // The server's numbering has begun anew, and `seen` is no number of it.
    const isOther = this.epoch !== '' && Boolean(joined.epoch) && joined.epoch !== this.epoch;
    const isAnew = isOther || joined.last < this.seen;
    this.epoch = joined.epoch ?? '';
    if (isAnew) this.seen = 0;
    if (joined.complete || isAnew) {
      joined.history = this.unseen(joined.history, Infinity);
      this.seen = Math.max(this.seen, joined.last);
      return false;
    }
    this.isCatchingUp = true;
    this.hasDropped = false;
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

  /** Takes one page of the gap, and cuts out of it what was seen before or is held.
   * @param {WireEvent} history @returns {boolean} another page is needed, after `seen` */
  page(history) {
    const again = this.hasDropped;
    this.hasDropped = false;
    const messages = history.messages;
    const isEmpty = messages.length === 0;
    const isClosed = !isEmpty && messages[messages.length - 1].seq >= this.firstHeld();
    const isLast = history.complete || isClosed;
    history.messages = this.unseen(messages, this.firstHeld());
    // After an empty page the same page would be asked for again for ever.
    return again || (!isLast && history.messages.length > 0);
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
      if (event.type !== 'message' || this.take(/** @type {any} */ (event))) events.push(event);
    }
    this.seen = Math.max(this.seen, joined.last);
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
