// Entering rooms, again on each new link, and closing the gaps that a broken one has left.
// Knows no socket and no clock, and nothing of what is shown: it takes answers and writes requests.

/** @import { WireEvent, WireRequest } from '../wire.js' */
import { mostMessages } from '../wire.js';
import { keyOf, sameName } from '../model/names.js';
import { Feed } from './feed.js';

// After so many failures in a row to read what was missed, the rest is given up.
const mostSetbacks = 5;

/**
 * @typedef {object} Owner what the entry tells its session
 * @property {(request: WireRequest) => void} write
 * @property {(event: WireEvent) => void} deliver an event as it happened
 * @property {(event: WireEvent) => void} deliverMissed
 * @property {() => string} nextTag
 */

export class Entry {
  /** @param {Owner} owner @param {string[]} rooms entered at first */
  constructor(owner, rooms) {
    this.owner = owner;
    /** @type {string[]} */
    this.unentered = [...rooms];
    /** @type {Feed[]} */
    this.feeds = [];
    /** Our own `join` under way, by ref. @type {Map<string, string>} */
    this.entering = new Map();
    /** Our own `history` under way, by ref. @type {Map<string, string>} */
    this.paging = new Map();
    /** What was refused for now. @type {{ref: string, at: number}[]} */
    this.later = [];
    this.setbacks = 0;
    this.roomsOf = '';
    /** What rooms have asked for, by key of the room: a broken link does not open them. @type {Map<string, string>} */
    this.keys = new Map();
  }

  linkDown() {
    this.entering.clear();
    this.paging.clear();
    this.later = [];
    for (const feed of this.feeds) feed.forgetHeld();
  }

  enterAll() {
    for (const feed of this.feeds) this.enter(feed.room, feed);
    for (const room of this.unentered) this.enter(room, undefined);
  }

  /** On a device that is new to the account: the rooms that it was in.
   * @param {string} account @param {{room: string}[]} rooms */
  remember(account, rooms) {
    if (account === '' || account === this.roomsOf) return;
    this.roomsOf = account;
    for (const { room } of rooms) {
      const isKnown = this.unentered.some((each) => sameName(each, room)) || this.find(room) !== undefined;
      if (!isKnown) this.unentered.push(room);
    }
  }

  /** Over a link that is open already. */
  enterRemembered() {
    const asked = new Set(this.entering.values());
    for (const room of this.unentered) if (!asked.has(room)) this.enter(room, undefined);
  }

  isDone() {
    return this.entering.size === 0 && this.paging.size === 0;
  }

  /** @param {string} room @param {Feed | undefined} feed how far it has been read */
  enter(room, feed) {
    const ref = this.owner.nextTag();
    /** @type {WireRequest} */
    const join = { type: 'join', room, ref };
    if (feed) {
      join.since = feed.seen;
      if (feed.epoch) join.epoch = feed.epoch;
    }
    const key = this.keys.get(keyOf(room));
    if (key) join.key = key;
    this.entering.set(ref, room);
    this.owner.write(join);
  }

  /** @param {WireEvent} joined */
  joined(joined) {
    const asked = this.entering.get(joined.ref ?? '');
    if (asked !== undefined) {
      this.unentered = this.unentered.filter((room) => room !== asked);
      this.entering.delete(joined.ref ?? '');
    }
    const feed = this.find(joined.room);
    if (!feed) {
      this.feeds.push(new Feed(joined.room, joined.last, joined.epoch ?? ''));
      this.owner.deliver(joined);
    } else if (asked === undefined && feed.isCatchingUp) {
      feed.hold(joined); // unasked, to a slow reader: pages of the gap are still to come
    } else if (feed.resume(joined)) {
      this.askForPage(feed);
    } else {
      this.owner.deliverMissed(joined);
    }
  }

  /** @param {WireEvent} history @returns {boolean} it was asked for here */
  page(history) {
    const room = this.paging.get(history.ref ?? '');
    const feed = room === undefined ? undefined : this.find(room);
    if (!feed || !feed.isCatchingUp) return false;
    this.paging.delete(history.ref ?? '');
    const hasMore = feed.page(history);
    if (history.messages.length > 0 || history.changes?.length > 0) this.owner.deliverMissed(history);
    if (hasMore) this.askForPage(feed);
    else this.closeGap(feed);
    return true;
  }

  /** An error to one of its own requests.
   * @param {WireEvent} error @param {number} now @returns {'other' | 'taken' | 'setback'} */
  refused(error, now) {
    const ref = error.ref ?? '';
    const room = this.entering.get(ref) ?? this.paging.get(ref);
    if (room === undefined) return 'other';
    if (error.code === 'rate_limited') {
      this.later.push({ ref, at: now + Math.min(error.retry_after ?? 0, 3_600_000) });
      return 'taken';
    }
    const feed = this.find(room);
    // Coming back later is better than losing what was missed, for the first few times.
    if (feed && error.code === 'storage_failed' && ++this.setbacks <= mostSetbacks) return 'setback';
    if (this.paging.delete(ref)) {
      this.owner.deliver(error);
      if (feed) this.closeGap(feed);
      return 'taken';
    }
    this.entering.delete(ref);
    this.unentered = this.unentered.filter((each) => each !== room);
    if (error.code === 'already_joined') return 'taken';
    this.owner.deliver(error);
    if (feed) {
      this.leave(room);
      this.owner.deliver({ type: 'left', room });
    }
    return 'taken';
  }

  /** One is not in the room any more: nothing of it is asked for again. @param {string} room */
  leave(room) {
    this.keys.delete(keyOf(room));
    this.feeds = this.feeds.filter((feed) => feed.room !== room);
    for (const [ref, of] of this.paging) if (of === room) this.paging.delete(ref);
  }

  /** @param {string | undefined} room */
  find(room) {
    return room === undefined ? undefined : this.feeds.find((feed) => feed.room === room);
  }

  /** @param {Feed} feed */
  askForPage(feed) {
    const ref = this.owner.nextTag();
    this.paging.set(ref, feed.room);
    this.owner.write({ type: 'history', room: feed.room, after: feed.from(), limit: mostMessages, ref });
  }

  /** @param {Feed} feed */
  closeGap(feed) {
    for (const event of feed.release()) this.owner.deliverMissed(event);
  }

  /** When a request that was refused for now is to be made again; null: there is none. */
  next() {
    return this.later.length === 0 ? null : Math.min(...this.later.map((each) => each.at));
  }

  /** Makes those again whose time has come. @param {number} now */
  askAgain(now) {
    const due = this.later.filter((each) => each.at <= now);
    this.later = this.later.filter((each) => each.at > now);
    for (const { ref } of due) {
      const entering = this.entering.get(ref);
      const paging = this.find(this.paging.get(ref));
      this.entering.delete(ref);
      this.paging.delete(ref);
      if (entering !== undefined) this.enter(entering, this.find(entering));
      else if (paging) this.askForPage(paging);
    }
  }
}
