// The page's life: coming in, being there, coming back, going. Brings connection, model and settings together.
// Knows nothing of how it looks: the view reads its fields, listens to its signals and calls its methods.

/** @import { WireEvent, WireError } from '../wire.js' */
/** @import { Translator } from '../languages/translator.js' */
import { Connection } from '../connection/connection.js';
import { logIn, logOut, register } from './account.js';
import { Going } from './going.js';
import { Order } from './order.js';
import { clearDrafts, loadDraft, loadTab, saveDraft, saveTab } from './settings.js';
import { Speech } from './speech.js';
import { routeOf } from './route.js';

const program = 'hubbub-page/0.1.0';

export class App extends Going {
  /** @param {(flush: () => void) => void} schedule @param {string} url of the WebSocket @param {Translator} words */
  constructor(schedule, url, words) {
    super(schedule, words);
    this.url = url;
    this.speech = new Speech(this);
    this.order = new Order(this);
    /** Why one is outside, or not let in. @type {WireError | null} */
    this.refusal = null;
    this.invite = '';
    this.isReady = false;
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
    // An invitation is looked at as the page begins.
    addEventListener('hashchange', () => {
      if (location.hash.startsWith('#i=')) location.reload();
    });
    setInterval(() => this.model.settle(Date.now()), 500);
    if (this.settings.account) return this.enter('', []);
    const tab = loadTab();
    if (tab.name) this.enter(tab.name, tab.rooms);
  }

  // ---- in and out

  /** @param {string} name empty: the account's of the cookie @param {string[]} rooms */
  enter(name, rooms) {
    this.connect(null);
    this.phase = 'entering';
    this.refusal = null;
    this.isReady = false;
    if (name) this.change({ name });
    this.connect(new Connection(this.url, { name, rooms, program }, {
      onEvent: (event, isMissed) => this.take(event, isMissed),
      onDialling: () => this.setLink({ isDialling: true }),
      onLinkLost: (retryIn, error) => this.lost(retryIn, error),
      onLinkBack: () => this.say('backAgain'),
      onReady: () => this.ready(),
      onLag: (lag) => this.setLink({ lag }),
      onNameRefused: (error) => this.refused(error),
      onClosed: (error) => this.refused(error ?? { code: 'closed', text: '' }),
    }));
    this.signals.tell('session');
  }

  /** @param {string} account @param {string} password */
  async logIn(account, password) {
    await this.openSession(() => logIn(account, password));
  }

  /** @param {string} name @param {string} password @param {string} invite */
  async register(name, password, invite) {
    try {
      await this.openSession(() => register(name, password, invite));
      this.invite = '';
    } catch (error) {
      if (!invite || /** @type {WireError} */ (error).code !== 'invite_invalid') throw error;
      // It may be one into a room, which is taken once one is here.
      this.invite = invite;
      await this.openSession(() => register(name, password, '')).catch(() => { throw error; });
    }
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
      this.invite = '';
      this.dialog = null;
      this.enter('', rooms);
    } catch (error) {
      this.enter(name, rooms);
      throw error;
    }
  }

  /** Stays, where the server could not be told: the next one at this browser would be in the account. */
  async logOut() {
    if (!await logOut()) return this.toast(this.words.error({ code: 'unreachable', text: '' }), 'error');
    this.endAccount(null);
    clearDrafts();
  }

  /** @param {WireError | null} why */
  endAccount(why) {
    this.change({ account: '' });
    this.leave(why);
    history.replaceState(null, '', location.pathname);
  }

  /** Goes outside. @param {WireError | null} why */
  leave(why) {
    this.connect(null);
    saveTab(null);
    this.keepUnsent();
    this.forget();
    this.phase = 'outside';
    this.refusal = why;
    this.dialog = null;
    this.signals.tell('session');
  }

  /** What has not come back becomes a draft: nobody knows whether it was said. */
  keepUnsent() {
    for (const place of this.model.places.values()) {
      const texts = [...this.speech.returned.get(place.key) ?? [], ...place.pending.map(({ text }) => text)];
      if (texts.length > 0) saveDraft(place.key, [...texts, loadDraft(place.key)].filter((text) => text !== '').join('\n'));
    }
  }

  /** Whoever comes in next is perhaps somebody else. */
  forget() {
    this.model.places.clear();
    this.model.current = '';
    this.model.trail = [];
    this.model.me = this.model.account = this.model.epoch = '';
    this.model.marks.clear();
    this.model.announcement = null;
    this.speech.returned.clear();
    this.order.editing = null;
    this.signals.tell('rooms');
  }

  /** @param {WireError} error */
  refused(error) {
    const wasLoggedIn = this.settings.account !== '';
    const isOver = ['login_failed', 'logged_out', 'suspended'].includes(error.code);
    if (!wasLoggedIn || !isOver) return this.leave(error);
    this.endAccount(error.code === 'suspended' ? error : { code: 'logged_out', text: '' });
    // Another device has said so, from which this one may have been lost.
    if (error.code === 'logged_out') clearDrafts();
  }

  // ---- the connection

  /** @param {WireEvent} event @param {boolean} isMissed */
  take(event, isMissed) {
    if (event.type === 'welcome') {
      // The cookie is gone: nobody is to write on under another name.
      if (!event.account && this.connection?.session.profile.name === '') return this.endAccount({ code: 'logged_out', text: '' });
      this.setLink({ isUp: true, isDialling: false, downSince: 0, error: undefined });
      this.change({ account: event.account ? event.account_name ?? event.name : '', name: event.name });
    }
    if (event.type === 'error') this.speech.refused(event);
    this.model.take(event, isMissed, Date.now());
    this.order.take(event);
    if (event.type === 'joined' || event.type === 'left' || event.type === 'renamed') this.rememberTab();
    if (event.type === 'renamed' && event.new === this.model.me) this.change({ name: event.new });
    if (this.model.moved) this.followMoved(this.model.moved);
    this.tellReadSoon();
  }

  /** Something that was typed is on its way still, and would be lost with the page. */
  hasPending() {
    return [...this.model.places.values()].some((place) => place.pending.some(({ state }) => state === 'sent'));
  }

  /** @param {number} retryIn @param {WireError} [error] */
  lost(retryIn, error) {
    if (this.link.isUp) {
      this.past.linkLost();
      this.say('linkLost');
    }
    this.model.linkLost();
    const downSince = this.link.downSince || Date.now();
    this.setLink({ isUp: false, isDialling: false, retryAt: Date.now() + retryIn, lag: 0, downSince, error });
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
    if (this.invite) this.order.redeem(this.invite);
    this.invite = '';
  }

}
