// One place where one speaks: a room, or a conversation with one person. What was said there, who is there, what is unread.
// Knows no other place, no connection and no view.

/** @import { Said, Row } from './pages.js' */
/** @import { RoleHeld, Rules } from '../wire.js' */
/** @import { Silence } from './rights.js' */
import { Doorway } from './doorway.js';
import { keyOf, placeKey } from './names.js';
import { Pages } from './pages.js';

/** @typedef {{id: string, text: string, isAction: boolean, time: number, state: 'sent' | 'refused', error?: {code: string, text: string}}} Pending
 * One's own message that has not come back. */

/** Rows that stay held of what nobody looks at. */
const mostRows = 3000;
const restOfRows = 1000;
const mostSpeakers = 200;

export class Place {
  /** @param {{room: string} | {with: string}} of */
  constructor(of) {
    this.key = placeKey(of);
    this.isPrivate = 'with' in of;
    this.name = 'with' in of ? of.with : of.room;
    this.topic = '';
    this.count = 0;
    /** By key. @type {Map<string, string>} */
    this.members = new Map();
    /** Whether `members` are all. */
    this.hasAllMembers = false;
    /** Up to now. */
    this.tail = new Pages();
    /** Another stretch that is looked at instead. @type {Pages | null} */
    this.past = null;
    this.isLoading = false;
    /** Its newest messages were asked for once. */
    this.hasLoaded = !this.isPrivate;
    this.doorway = new Doorway();
    /** When each spoke last, by key; the last one last. @type {Map<string, {name: string, time: number}>} */
    this.speakers = new Map();
    /** @type {Pending[]} */
    this.pending = [];
    /** How often one has said something there. */
    this.said = 0;
    /** @type {Map<string, {name: string, until: number}>} */
    this.typing = new Map();
    /** What has come since the reader looked. @type {{seq: number, isOwn: boolean, isCall: boolean}[]} */
    this.behind = [];
    /** Unread ones of which only the number is known, and the newest of them. */
    this.unheld = { count: 0, last: 0 };
    /** The row above which the unread line stands; empty: there is none. */
    this.line = '';
    this.isJoined = true;
    /** Why one is not in it any more, though one did not leave. @type {Silence & {by: string} | null} */
    this.out = null;
    /** One's own; empty: none. */
    this.role = '';
    /** Those of others, and one's own, by key. @type {Map<string, string>} */
    this.roles = new Map();
    /** @type {Rules} */
    this.rules = {};
    /** Why the server did not take what one said. @type {Silence | null} */
    this.silence = null;
    /** What was missed while the link was down has its line. */
    this.isMarked = false;
  }

  /** What is looked at. */
  pages() {
    return this.past ?? this.tail;
  }

  unread() {
    return this.unheld.count + this.behind.reduce((sum, each) => sum + (each.isOwn ? 0 : 1), 0);
  }

  /** Those among the unread that call the reader. */
  calls() {
    const called = this.behind.reduce((sum, each) => sum + (each.isCall ? 1 : 0), 0);
    return this.isPrivate ? this.unheld.count + called : called;
  }

  /** @param {Said} said @param {boolean} isShown it is looked at, or was read before @returns {boolean} it is new */
  add(said, isShown) {
    if (!this.tail.add(said)) return false;
    if (!isShown) this.addBehind(said);
    this.noteSpeaker(said.message.from, said.time);
    return true;
  }

  /** Lets old lines go when there are very many: they can be read again. @param {boolean} isInUse they may be looked at */
  letGo(isInUse) {
    if (!isInUse && this.tail.count() > mostRows) this.tail.trim(restOfRows);
  }

  /** @param {Said} said */
  addBehind(said) {
    if (!said.isOwn && this.unread() === 0) this.line = said.key;
    this.behind.push({ seq: said.seq, isOwn: said.isOwn, isCall: !said.isOwn && (this.isPrivate || said.calls.length > 0) });
    // By the number, as the tail is: an unread one that comes late is not to hide behind one that was read.
    if (this.behind.length > 1 && said.seq !== 0 && said.seq < this.behind[this.behind.length - 2].seq) {
      this.behind.sort((one, other) => one.seq - other.seq);
    }
  }

  /** Messages up to that number were read elsewhere. @param {number} seq */
  readUpTo(seq) {
    if (seq >= this.unheld.last) this.unheld = { count: 0, last: 0 };
    const unread = this.behind.findIndex((each) => each.seq === 0 || each.seq > seq);
    if (unread >= 0) this.behind.splice(0, unread);
    else if (this.behind.length > 0 && seq > 0) this.behind = [];
  }

  /** The reader looks: nothing is unread any more. */
  look() {
    this.behind = [];
    this.unheld = { count: 0, last: 0 };
  }

  /** Numbers of messages begin anew: those that are held count as old. */
  forgetNumbers() {
    this.tail = new Pages();
    this.past = null;
    this.line = '';
  }

  /** @param {Row} row */
  append(row) {
    this.tail.append(row);
  }

  /** @param {string} name @param {number} time */
  noteSpeaker(name, time) {
    const key = keyOf(name);
    const known = this.speakers.get(key);
    if (known && known.time > time) return;
    this.speakers.delete(key);
    this.speakers.set(key, { name, time });
    if (this.speakers.size > mostSpeakers) this.speakers.delete(this.speakers.keys().next().value ?? '');
  }

  /** @param {string} name @returns {number | undefined} */
  lastSpoke(name) {
    return this.speakers.get(keyOf(name))?.time;
  }

  /** @param {string} name */
  has(name) {
    return this.members.has(keyOf(name));
  }

  /** @param {string[]} names @param {number} count */
  setMembers(names, count) {
    this.members = new Map(names.map((name) => [keyOf(name), name]));
    this.count = count;
    this.hasAllMembers = names.length >= count;
  }

  /** @param {RoleHeld[] | undefined} roles */
  addRoles(roles) {
    for (const { name, role } of roles ?? []) this.setRole(name, role);
  }

  /** @param {string} name @param {string} role */
  setRole(name, role) {
    if (role === 'none') this.roles.delete(keyOf(name));
    else this.roles.set(keyOf(name), role);
  }

  /** Puts what has become of a message in its place. @param {string} key of the row @param {(row: Row) => Row} make */
  change(key, make) {
    this.tail.replace(key, make);
    this.past?.replace(key, make);
  }

  /** @param {string} old @param {string} name */
  rename(old, name) {
    const oldKey = keyOf(old);
    const role = this.roles.get(oldKey);
    if (role) {
      this.roles.delete(oldKey);
      this.setRole(name, role);
    }
    if (this.members.delete(oldKey)) this.members.set(keyOf(name), name);
    const spoke = this.speakers.get(oldKey);
    if (spoke) {
      this.speakers.delete(oldKey);
      this.speakers.set(keyOf(name), { name, time: spoke.time });
    }
    this.typing.delete(oldKey);
    this.doorway.rename(old, name);
  }

  /** Names for completion: who spoke last comes first, then the others. */
  people() {
    const names = new Map([...this.speakers].reverse().map(([key, { name }]) => [key, name]));
    for (const [key, name] of this.members) if (!names.has(key)) names.set(key, name);
    return [...names.values()];
  }
}
