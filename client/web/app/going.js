// Where one is: places and their addresses, and what the server is told of what was read there.
// Knows the connection as something to ask, and nothing of coming in and out.

/** @import { WireEvent, WireError, WireRequest } from '../wire.js' */
/** @import { Connection } from '../connection/connection.js' */
/** @import { Place } from '../model/place.js' */
/** @import { Said } from '../model/pages.js' */
/** @import { Translator } from '../languages/translator.js' */
import { Model } from '../model/model.js';
import { placeKey } from '../model/names.js';
import { Floating } from './floating.js';
import { Past } from './past.js';
import { hashOf, routeOf } from './route.js';
import { saveTab } from './settings.js';

/** What was read is told, and what was said read aloud, after a moment, in which there may be more. */
const momentMs = 1000;
/** So many messages are read aloud; of more only the number. */
const mostHeard = 3;

export class Going extends Floating {
  /** @param {(flush: () => void) => void} schedule @param {Translator} words */
  constructor(schedule, words) {
    super(schedule, words);
    /** @type {((said: Said, place: Place) => void) | null} */
    this.onAlert = null;
    this.model = new Model(this.signals, this.settings, (said, place) => this.onAlert?.(said, place));
    this.model.hear = (said) => this.read(said);
    this.signals.on(['settings'], () => this.model.prefer(this.settings));
    /** What is to be read aloud in a moment. @type {string[]} */
    this.heard = [];
    this.past = new Past(this);
    /** @type {Connection | null} */
    this.connection = null;
    /** @type {'outside' | 'entering' | 'inside'} */
    this.phase = 'outside';
    /** A lost link is shown only after a moment: most come back at once. */
    this.link = { isUp: false, isDialling: false, retryAt: 0, lag: 0, downSince: 0, error: /** @type {WireError | undefined} */ (undefined) };
    /** What is to be searched for at first. */
    this.wanted = '';
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.readTimer = undefined;
  }

  /** @param {Connection | null} connection instead of the present one */
  connect(connection) {
    this.connection?.stop();
    this.connection = connection;
  }

  /** @param {WireRequest} request @returns {Promise<WireEvent | null>} null: it was refused, and that was told */
  async ask(request) {
    try {
      return await this.connection?.ask(request) ?? null;
    } catch (error) {
      this.toast(this.words.error(/** @type {WireError} */ (error)), 'error');
      return null;
    }
  }

  /** @param {Partial<Going['link']>} change */
  setLink(change) {
    Object.assign(this.link, change);
    this.signals.tell('link');
  }

  /** Tells the server what was read, gathered for a moment. */
  tellReadSoon() {
    if (this.readTimer !== undefined || !this.model.account) return;
    this.readTimer = setTimeout(async () => {
      this.readTimer = undefined;
      if (!this.link.isUp) return;
      for (let read = this.model.nextRead(); read; read = this.model.nextRead()) {
        const place = this.model.places.get(read.key);
        const where = place?.isPrivate ? { with: place.name } : { room: place?.name };
        const asked = read;
        this.connection?.ask({ type: 'read', ...where, seq: read.seq }).catch(() => null).then(() => this.model.marks.settle(asked));
      }
    }, momentMs);
  }

  /** A screen reader is told of what is said, and only of the number when that is much. @param {Said} said */
  read(said) {
    this.heard.push(`${said.message.from}: ${said.message.text}`);
    if (this.heard.length > 1) return;
    setTimeout(() => {
      const { length } = this.heard;
      this.announce(length > mostHeard ? this.t('newMessages', { n: length }) : this.heard.join('\n'));
      this.heard = [];
    }, momentMs);
  }

  /** Goes where the address says, or stays. */
  async follow() {
    if (this.phase !== 'inside') return;
    const route = routeOf(location.hash);
    if (route && 'room' in route) await this.openRoom(route.room, route.seq);
    else if (route && 'with' in route) await this.openConversation(route.with, route.seq);
    else {
      const here = this.model.here() ?? this.model.places.values().next().value;
      if (here) this.turnTo(here, true);
    }
  }

  /** @param {Place} place @param {boolean} [isReplacing] no step in the history of the browser */
  turnTo(place, isReplacing = false) {
    this.showsRooms = false;
    this.model.turnTo(place.key);
    this.past.open(place);
    const hash = hashOf(place);
    if (!location.hash.startsWith(hash)) history[isReplacing ? 'replaceState' : 'pushState'](null, '', hash);
    this.signals.tell('ui');
    this.tellReadSoon();
  }

  /** @param {string} name @param {number} [seq] a message to look at @param {string} [secret] that the room asks for */
  async openRoom(name, seq = 0, secret = '') {
    const key = placeKey({ room: name });
    if (!this.model.places.get(key)?.isJoined) {
      const joined = await this.join(name, secret);
      if (!joined) return this.model.here() && this.turnTo(/** @type {Place} */ (this.model.here()), true);
    }
    const place = this.model.places.get(key);
    if (place) this.openAt(place, seq);
  }

  /** @param {string} room @param {string} secret @returns {Promise<WireEvent | null>} */
  async join(room, secret) {
    try {
      return await this.connection?.ask({ type: 'join', room, ...(secret ? { key: secret } : {}) }) ?? null;
    } catch (error) {
      const { code } = /** @type {WireError} */ (error);
      if (code === 'key_wrong') {
        this.open({ kind: 'deed', title: this.t('keyOf', { room }), verb: 'joinRoom', field: 'key', isRequired: true, request: { type: 'join', room }, then: () => this.openRoom(room) });
      } else this.toast(this.words.error(/** @type {WireError} */ (error)), 'error');
      return null;
    }
  }

  /** @param {string} name @param {number} [seq] */
  async openConversation(name, seq = 0) {
    this.openAt(this.model.placeOf({ with: name }), seq);
  }

  /** @param {Place} place @param {number} seq */
  openAt(place, seq) {
    this.turnTo(place);
    if (seq > 0) this.past.show(place, seq);
  }

  /** @param {Place} place */
  async leavePlace(place) {
    if (place.isPrivate || !place.isJoined) this.model.close(place.key);
    else await this.ask({ type: 'leave', room: place.name });
    const here = this.model.here();
    if (here) this.turnTo(here, true);
  }

  /** @param {{old: string, key: string}} moved */
  followMoved(moved) {
    this.model.moved = null;
    const place = this.model.places.get(moved.key);
    if (place) this.turnTo(place, true);
  }

  rememberTab() {
    if (this.settings.account) return;
    const rooms = [...this.model.places.values()].filter((place) => !place.isPrivate && place.isJoined).map((place) => place.name);
    saveTab({ name: this.model.me, rooms });
  }
}
