// The page's life: coming in, being there, coming back, going. Brings connection, model and settings together.
// Knows nothing of how it looks: the view reads its fields, listens to its signals and calls its methods.

/** @import { WireEvent, WireError, WireRequest } from '../wire.js' */
/** @import { Place } from '../model/place.js' */
/** @import { Said } from '../model/pages.js' */
/** @import { Translator } from '../languages/translator.js' */
import { Connection } from '../connection/connection.js';
import { Model } from '../model/model.js';
import { placeKey } from '../model/names.js';
import { logIn, logOut, register } from './account.js';
import { Floating } from './floating.js';
import { loadTab, saveTab } from './settings.js';
import { Past } from './past.js';
import { Speech } from './speech.js';
import { hashOf, routeOf } from './route.js';

const program = 'hubbub-page/0.1.0';

export class App extends Floating {
  /** @param {(flush: () => void) => void} schedule @param {string} url of the WebSocket @param {Translator} words */
  constructor(schedule, url, words) {
    super(schedule, words);
    this.url = url;
    /** @type {((said: Said, place: Place) => void) | null} */
    this.onAlert = null;
    this.model = new Model(this.signals, this.settings, (said, place) => this.onAlert?.(said, place));
    this.model.hear = (said) => this.read(said);
    /** What is to be read aloud in a moment. @type {string[]} */
    this.heard = [];
    this.past = new Past(this);
    this.speech = new Speech(this);
    /** @type {Connection | null} */
    this.connection = null;
    /** @type {'outside' | 'entering' | 'inside'} */
    this.phase = 'outside';
    /** Why one is outside, or not let in. @type {WireError | null} */
    this.refusal = null;
    this.invite = '';
    /** What is to be searched for at first. */
    this.wanted = '';
    /** `down` is told only after a moment: most links come back at once. */
    this.link = { isUp: false, isDialling: false, retryAt: 0, lag: 0, downSince: 0 };
    this.isReady = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.readTimer = undefined;
    this.signals.on(['settings'], () => this.model.prefer(this.settings));
  }

  /** At the beginning, or when the page is loaded again. */
  start() {
    const route = routeOf(location.hash);
    if (route && 'invite' in route) {
      this.invite = route.invite;
      // The address is not to keep it.
      history.replaceState(null, '', location.pathname);
    }
    addEventListener('popstate', () => this.follow());
    setInterval(() => this.model.settle(Date.now()), 500);
    if (this.settings.account) return this.enter('', []);
    const tab = loadTab();
    if (tab.name && !this.invite) this.enter(tab.name, tab.rooms);
  }

  // ---- in and out

  /** @param {string} name empty: the account's of the cookie @param {string[]} rooms */
  enter(name, rooms) {
    this.connection?.stop();
    this.phase = 'entering';
    this.refusal = null;
    this.isReady = false;
    if (name) this.change({ name });
    this.connection = new Connection(this.url, { name, rooms, program }, {
      onEvent: (event, isMissed) => this.take(event, isMissed),
      onDialling: () => this.setLink({ isDialling: true }),
      onLinkLost: (retryIn, error) => this.lost(retryIn, error),
      onLinkBack: () => this.say('backAgain'),
      onReady: () => this.ready(),
      onLag: (lag) => this.setLink({ lag }),
      onNameRefused: (error) => this.refused(error),
      onClosed: (error) => this.refused(error ?? { code: 'closed', text: '' }),
    });
    this.signals.tell('session');
  }

  /** @param {string} account @param {string} password */
  async logIn(account, password) {
    await this.openSession(() => logIn(account, password));
  }

  /** @param {string} name @param {string} password @param {string} invite */
  async register(name, password, invite) {
    await this.openSession(() => register(name, password, invite));
    this.invite = '';
  }

  /** @param {() => Promise<string>} open */
  async openSession(open) {
    const account = await open();
    saveTab(null);
    this.forget();
    this.change({ account, name: account });
    this.enter('', []);
  }

  /** The name that one bears becomes an account's. As a guest one gives it up first, since nobody may register a name
   * that somebody else bears. @param {string} password @param {string} invite */
  async keepName(password, invite) {
    const name = this.model.me;
    const rooms = [...this.model.places.values()].filter((place) => !place.isPrivate).map((place) => place.name);
    await this.connection?.close();
    try {
      const account = await register(name, password, invite);
      saveTab(null);
      this.change({ account, name: account });
      this.forget();
      this.dialog = null;
      this.enter('', rooms);
    } catch (error) {
      this.enter(name, rooms);
      throw error;
    }
  }

  async logOut() {
    this.change({ account: '' });
    this.leave(null);
    await logOut();
  }

  /** Goes outside. @param {WireError | null} why */
  leave(why) {
    this.connection?.stop();
    this.connection = null;
    saveTab(null);
    this.forget();
    this.phase = 'outside';
    this.refusal = why;
    this.dialog = null;
    this.signals.tell('session');
  }

  /** Whoever comes in next is perhaps somebody else. */
  forget() {
    this.model.places.clear();
    this.model.current = '';
    this.model.trail = [];
    this.model.me = this.model.account = this.model.epoch = '';
    this.model.marks.clear();
    this.signals.tell('rooms');
  }

  /** @param {WireError} error */
  refused(error) {
    const wasLoggedIn = this.settings.account !== '';
    const isOver = ['login_failed', 'logged_out', 'suspended'].includes(error.code);
    if (wasLoggedIn && isOver) {
      this.change({ account: '' });
      logOut();
      this.leave(error.code === 'suspended' ? error : { code: 'logged_out', text: '' });
    } else if (!wasLoggedIn && error.code === 'login_failed' && this.phase === 'entering') {
      // A cookie that is left over: without it one comes in as a guest.
      logOut().then(() => this.enter(this.connection?.session.profile.name ?? '', loadTab().rooms));
    } else {
      this.leave(error);
    }
  }

  // ---- the connection

  /** @param {WireEvent} event @param {boolean} isMissed */
  take(event, isMissed) {
    if (event.type === 'welcome') {
      this.setLink({ isUp: true, isDialling: false, downSince: 0 });
      this.change({ account: event.account ? event.account_name ?? event.name : '', name: event.name });
    }
    if (event.type === 'error') this.speech.refused(event);
    this.model.take(event, isMissed, Date.now());
    if (event.type === 'joined' || event.type === 'left' || event.type === 'renamed') this.rememberTab();
    if (event.type === 'renamed' && event.new === this.model.me) this.change({ name: event.new });
    if (this.model.moved) this.followMoved(this.model.moved);
    this.tellReadSoon();
  }

  /** A screen reader is told of what is said, and only of the number when that is much. @param {Said} said */
  read(said) {
    this.heard.push(`${said.message.from}: ${said.message.text}`);
    if (this.heard.length > 1) return;
    setTimeout(() => {
      const { length } = this.heard;
      this.announce(length > 3 ? this.t('newMessages', { n: length }) : this.heard.join('\n'));
      this.heard = [];
    }, 1000);
  }

  /** Something that was typed is on its way still, and would be lost with the page. */
  hasPending() {
    return [...this.model.places.values()].some((place) => place.pending.some(({ state }) => state === 'sent'));
  }

  /** @param {number} retryIn @param {WireError} [error] */
  lost(retryIn, error) {
    if (this.link.isUp) this.past.linkLost();
    this.model.linkLost();
    const downSince = this.link.downSince || Date.now();
    this.setLink({ isUp: false, isDialling: false, retryAt: Date.now() + retryIn, lag: 0, downSince });
    if (error && error.code !== 'shutting_down') this.toast(this.words.error(error), 'error');
  }

  ready() {
    const isFirst = !this.isReady;
    this.isReady = true;
    this.phase = 'inside';
    this.signals.tell('session');
    if (this.model.account) this.past.catchUp();
    const { messages, calls } = this.model.caughtUp();
    if (messages > 0) this.toast(this.t(calls > 0 ? 'missedCalls' : 'missed', { n: messages, calls }));
    if (isFirst) this.follow();
  }

  /** @param {Partial<App['link']>} change */
  setLink(change) {
    Object.assign(this.link, change);
    this.signals.tell('link');
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
    }, 700);
  }

  // ---- places

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

  /** @param {string} name @param {number} [seq] a message to look at */
  async openRoom(name, seq = 0) {
    const key = placeKey({ room: name });
    if (!this.model.places.get(key)?.isJoined) {
      const joined = await this.ask({ type: 'join', room: name });
      if (!joined) return this.model.here() && this.turnTo(/** @type {Place} */ (this.model.here()), true);
    }
    const place = this.model.places.get(key);
    if (place) this.openAt(place, seq);
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
    if (place.isPrivate) this.model.close(place.key);
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
    const rooms = [...this.model.places.values()].filter((place) => !place.isPrivate).map((place) => place.name);
    saveTab({ name: this.model.me, rooms });
  }
}
