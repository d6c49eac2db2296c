// What the reader sees: places, who is there, what was said, and what of it is unread.
// Knows no connection and no document: takes events and the reader's actions, and signals what has changed.

/** @import { Change, Message, WireEvent, Conversation } from '../wire.js' */
/** @import { Said } from './pages.js' */
/** @import { Signals } from './signals.js' */
import { Changes } from './changes.js';
import { takeEvent } from './events.js';
import { Marks } from './marks.js';
import { Mentions } from './mention.js';
import { keyOf, placeKey, sameName } from './names.js';
import { Place } from './place.js';

/** @typedef {'all' | 'calls' | 'none'} Level what of a place is told of */
/** @typedef {{presence: 'smart' | 'all' | 'none', highlight: string[], ignored: string[], levels: Record<string, Level>}} Preferences */

/** In a room of up to so many people all joins and departures are told. */
const smallRoom = 5;
/** In a larger one, those of people who have spoken within this time. */
const ofLate = 10 * 60 * 1000;
/** How long it is shown that somebody types, unless told otherwise. */
const typingMs = 6000;
/** Conversations that are shown though nothing in them is unread. */
const mostAtHand = 8;

export class Model {
  /** @param {Signals} signals @param {Preferences} preferences @param {(said: Said, place: Place) => void} alert a call,
   *   or a private message, that is new */
  constructor(signals, preferences, alert) {
    this.signals = signals;
    this.preferences = preferences;
    this.alert = alert;
    /** What was said in the place that is looked at, for who hears the page. @type {(said: Said) => void} */
    this.hear = () => undefined;
    /** What was missed while the link was down; null: it is not. @type {{messages: number, calls: number} | null} */
    this.missed = null;
    this.me = '';
    this.account = '';
    this.role = '';
    this.server = '';
    this.registration = '';
    this.guests = '';
    this.motd = '';
    this.epoch = '';
    /** By key, in the order in which they were entered. @type {Map<string, Place>} */
    this.places = new Map();
    this.current = '';
    /** Places that were current, the present one last. @type {string[]} */
    this.trail = [];
    this.isAttentive = false;
    this.marks = new Marks();
    this.changes = new Changes();
    /** What the server's people say to all. @type {{text: string, by?: string, time: string} | null} */
    this.announcement = null;
    /** The server is shut to new people. @type {WireEvent | null} */
    this.lockdown = null;
    this.words = new Mentions([]);
    /** @type {{old: string, key: string} | null} a conversation that goes by another name now */
    this.moved = null;
    this.counter = 0;
  }

  /** @param {WireEvent} event @param {boolean} isMissed it happened while the link was down @param {number} now */
  take(event, isMissed, now) {
    takeEvent(this, event, isMissed, now);
    this.lookOn();
  }

  // ---- the reader's actions

  /** @param {Preferences} preferences */
  prefer(preferences) {
    this.preferences = preferences;
    this.findWords();
    this.signals.tell('rooms');
    if (this.current) this.tellPlace(this.current);
  }

  /** @param {string} key @returns {boolean} */
  turnTo(key) {
    const place = this.places.get(key);
    if (!place || this.current === key) return place !== undefined;
    const left = this.here();
    this.current = key;
    // Whether its newest is seen is known once it is drawn.
    this.isAttentive = false;
    this.trail = [...this.trail.filter((each) => each !== key), key];
    if (left) {
      if (left.unread() === 0) left.line = '';
      left.doorway.clear();
      left.past = null;
      if (left.unread() === 0) left.tail.trim(500);
      this.tellPlace(left.key);
    }
    if (place.unread() === 0) place.line = '';
    this.tellPlace(key);
    this.lookOn();
    return true;
  }

  /** The link broke: what was missed is counted from now on. */
  linkLost() {
    if (this.missed) return;
    this.missed = { messages: 0, calls: 0 };
    for (const place of this.places.values()) place.isMarked = false;
  }

  /** All that was missed has come. @returns {{messages: number, calls: number}} */
  caughtUp() {
    const { missed } = this;
    this.missed = null;
    return missed ?? { messages: 0, calls: 0 };
  }

  /** The page is seen, and the newest message of the current place with it; or not any more. @param {boolean} isAttentive */
  attend(isAttentive) {
    this.isAttentive = isAttentive;
    this.lookOn();
  }

  lookOn() {
    const place = this.here();
    if (!place || !this.isAttentive || place.past) return;
    if (place.behind.length > 0 || place.unheld.count > 0) {
      place.look();
      this.tellPlace(place.key);
    }
    this.marks.look(place.key, Math.max(place.tail.lastSeq(), place.unheld.last));
  }

  /** @param {{room: string} | {with: string}} of @returns {Place} */
  placeOf(of) {
    const key = placeKey(of);
    let place = this.places.get(key);
    if (!place) {
      place = new Place(of);
      this.places.set(key, place);
      this.signals.tell('rooms');
    }
    return place;
  }

  /** @param {string} key */
  close(key) {
    const place = this.places.get(key);
    if (!place) return;
    this.places.delete(key);
    this.trail = this.trail.filter((each) => each !== key);
    this.signals.tell('rooms');
    if (this.current !== key) return;
    this.current = '';
    const next = this.trail.at(-1) ?? this.places.keys().next().value;
    if (next !== undefined) this.turnTo(next);
  }

  /** What the server is to be told of what was read; null: nothing. */
  nextRead() {
    return this.account === '' ? null : this.marks.next();
  }

  // ---- queries

  here() {
    return this.places.get(this.current);
  }

  /** @param {Place} place @returns {Level} */
  levelOf(place) {
    return this.preferences.levels[place.key] ?? 'all';
  }

  /** What the title and the badge tell: calls, and unread private messages. */
  callCount() {
    let count = 0;
    for (const place of this.places.values()) if (this.levelOf(place) !== 'none') count += place.calls();
    return count;
  }

  hasUnread() {
    for (const place of this.places.values()) if (this.levelOf(place) === 'all' && place.unread() > 0) return true;
    return false;
  }

  /** @param {string} name */
  ignores(name) {
    return this.preferences.ignored.some((each) => sameName(each, name));
  }

  /** Names for completion: those here first, then all others; without the reader. */
  people() {
    const names = this.here()?.people() ?? [];
    for (const place of this.places.values()) names.push(...place.people());
    const given = new Set([keyOf(this.me)]);
    return names.filter((name) => !given.has(keyOf(name)) && given.add(keyOf(name)));
  }

  /** @param {Place} place @param {string} name @param {number} now */
  tellsPresence(place, name, now) {
    if (name === this.me || this.ignores(name) || this.preferences.presence === 'none') return false;
    if (this.preferences.presence === 'all' || place.count <= smallRoom) return true;
    const spoke = place.lastSpoke(name);
    return spoke !== undefined && now - spoke < ofLate;
  }

  // ---- for the events

  /** @param {Message} message @returns {Said} */
  said(message) {
    message = this.changes.applied(message);
    message.text ??= ''; // of one that was deleted
    const isByAccount = message.room === undefined && message.seq > 0 && Boolean(message.account);
    const isOwn = isByAccount ? sameName(message.account ?? '', this.account) : sameName(message.from, this.me);
    const room = message.room === undefined ? undefined : this.places.get(keyOf(message.room));
    const isSomebody = (/** @type {string} */ name) => Boolean(room?.has(name)) && !sameName(name, this.me);
    return {
      kind: 'message',
      key: message.seq > 0 ? `m${message.seq}` : `l${(this.counter += 1)}`,
      seq: message.seq,
      time: Date.parse(message.time) || 0,
      message,
      isOwn,
      calls: isOwn ? [] : this.words.find(message.text, isSomebody),
    };
  }

  /** With whom a private message is: an account by its own name, whatever name it bears.
   * @param {Message} message @param {boolean} isOwn */
  personIn(message, isOwn) {
    if (isOwn) return message.to ?? '';
    return message.seq > 0 && message.account ? message.account : message.from;
  }

  /** What has become of messages. @param {Place | undefined} place where they are @param {Change} change */
  change(place, change) {
    const fresh = this.changes.note(change);
    if (fresh.length === 0) return;
    for (const seq of fresh) place?.change(`m${seq}`, (row) => (row.kind === 'message' && !row.message.deleted ? this.said(row.message) : row));
    this.signals.tell('changes');
    if (place) this.tellPlace(place.key);
  }

  /** @param {Place} place @param {string} fact @param {Record<string, string | number>} values @param {number} time */
  addFact(place, fact, values, time) {
    place.append({ kind: 'fact', key: `f${(this.counter += 1)}`, time, fact, values });
    this.tellPlace(place.key);
  }

  /** Puts down who came and went, in one line with those before if nothing was said in between.
   * @param {Place} place @param {number} now @param {string} speaker */
  addMoves(place, now, speaker = '') {
    const moves = place.doorway.take(now, speaker);
    if (!moves) return;
    const last = place.tail.last();
    if (last?.kind === 'moves') {
      const came = new Set(last.moves.joined);
      const left = moves.left.filter(({ name }) => !came.has(name));
      const gone = new Set(moves.left.map(({ name }) => name));
      last.moves.joined = [...last.moves.joined.filter((name) => !gone.has(name)), ...moves.joined];
      last.moves.left = [...last.moves.left, ...left];
      last.time = now;
      place.tail.touchLast();
    } else {
      place.append({ kind: 'moves', key: `f${(this.counter += 1)}`, time: now, moves });
    }
    this.tellPlace(place.key);
  }

  /** Joins and departures are told a moment later. @param {number} now */
  settle(now) {
    const place = this.here();
    if (place) this.addMoves(place, now);
    for (const each of this.places.values()) {
      for (const [key, { until }] of each.typing) {
        if (until > now) continue;
        each.typing.delete(key);
        this.signals.tell(`typing:${each.key}`);
      }
    }
  }

  /** @param {Place} place @param {string} from @param {boolean} isActive @param {number} now */
  noteTyping(place, from, isActive, now) {
    if (isActive) place.typing.set(keyOf(from), { name: from, until: now + typingMs });
    else if (!place.typing.delete(keyOf(from))) return;
    this.signals.tell(`typing:${place.key}`);
  }

  findWords() {
    this.words = new Mentions([...this.preferences.highlight, this.me].filter((word) => word !== ''));
  }

  /** Another account's markers are others. @param {string} account */
  belongTo(account) {
    if (account === this.account) return;
    this.account = account;
    this.marks.clear();
    this.signals.tell('session');
  }

  /** With another epoch the numbers mean other messages than before. @param {string} epoch */
  numberAnew(epoch) {
    if (!epoch || epoch === this.epoch) return;
    const isFirst = this.epoch === '';
    this.epoch = epoch;
    if (isFirst) return;
    this.marks.clear();
    this.changes = new Changes();
    for (const place of this.places.values()) place.forgetNumbers();
  }

  /** What is new in the account's conversations: the server counts, as only it has all. @param {Conversation} conversation */
  takeConversation(conversation) {
    if (this.ignores(conversation.with)) return;
    const isKnown = this.places.has(placeKey({ with: conversation.with }));
    // The last few are at hand, the others wait until somebody says something.
    const count = [...this.places.values()].filter((place) => place.isPrivate).length;
    if (!isKnown && conversation.unread === 0 && count >= mostAtHand) return;
    const place = this.placeOf({ with: conversation.with });
    place.behind = [];
    place.unheld = { count: conversation.unread, last: conversation.last };
    this.marks.know(place.key, conversation.read);
    this.tellPlace(place.key);
  }

  /** @param {string} key */
  tellPlace(key) {
    this.signals.tell(`place:${key}`);
    this.signals.tell('rooms');
  }
}
