// A connection that comes back by itself: the WebSocket, and what time does to it.
// Knows the session's lines, not their meaning, and no document: whoever has one tells of `online` and the like.

/** @import { Listener as SessionListener, Verdict } from './session.js' */
/** @import { WireEvent, WireRequest, WireError } from '../wire.js' */
import { Absence, Backoff } from './backoff.js';
import { Keepalive, Lag, badLag } from './keepalive.js';
import { Session } from './session.js';

/** Milliseconds; as the terminal client has them. */
export const patience = {
  connect: 10_000, silence: 10_000, answer: 8_000, woken: 2_000, tick: 5_000, late: 3_000,
  firstRetry: 500, longestRetry: 30_000,
  /** How long to ask again for one's taken name: the server may not have noticed yet that the old link broke. */
  name: 120_000,
};

/**
 * @typedef {object} ConnectionListener
 * @property {(event: WireEvent, isMissed: boolean) => void} onEvent
 * @property {(retryInMs: number, error?: WireError) => void} onLinkLost the next attempt follows by itself
 * @property {() => void} onDialling
 * @property {() => void} onLinkBack
 * @property {() => void} onReady
 * @property {(lagMs: number) => void} onLag from a second on, and 0 when it is over
 * @property {(error: WireError) => void} onNameRefused the connection is over
 * @property {(error: WireError | undefined) => void} onClosed it is over
 */

export class Connection {
  /**
   * @param {string} url
   * @param {{name: string, rooms: string[], program: string}} profile
   * @param {ConnectionListener} listener
   */
  constructor(url, profile, listener) {
    this.url = url;
    this.listener = listener;
    /** @type {SessionListener} */
    const heard = {
      onEvent: (event, isMissed) => this.take(event, isMissed),
      onLinkBack: () => listener.onLinkBack(),
      onReady: () => listener.onReady(),
    };
    const tag = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join('');
    this.session = new Session(profile, tag, heard);
    this.backoff = new Backoff(patience.firstRetry, patience.longestRetry, Math.random);
    this.absence = new Absence(patience.tick, patience.late, Date.now());
    /** @type {WebSocket | null} */
    this.socket = null;
    this.keepalive = new Keepalive(patience, Date.now());
    this.lag = new Lag();
    this.toldLag = 0;
    /** @type {Verdict} */
    this.verdict = { step: 'go on' };
    this.offlineSince = Date.now();
    this.retryAt = 0;
    this.isOver = false;
    this.isAtOnce = false;
    /** @type {Map<string, {resolve: (event: WireEvent) => void, reject: (error: WireError) => void}>} */
    this.questions = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retryTimer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.paceTimer = undefined;
    this.tickTimer = setInterval(() => this.look(), 1000);
    this.dial();
  }

  isUp() {
    return this.socket !== null && this.session.isWelcome();
  }

  /** @param {WireRequest} request @returns {'queued' | 'full' | 'too long'} */
  send(request) {
    const outcome = this.session.send(request);
    this.flush();
    return outcome;
  }

  /** @param {WireRequest} request @returns {Promise<WireEvent>} its answer; fails with a WireError */
  ask(request) {
    const ref = this.session.nextTag();
    return new Promise((resolve, reject) => {
      const outcome = this.send({ ...request, ref });
      if (outcome === 'queued') this.questions.set(ref, { resolve, reject });
      else reject({ code: outcome === 'full' ? 'busy' : 'text_too_long', text: '' });
    });
  }

  /** Without a place in the queue: what is not worth sending later, such as `typing`. @param {WireRequest} request */
  mention(request) {
    if (this.session.phase !== 'open' || !this.socket) return;
    this.session.write({ ...request, ref: this.session.quietRef() });
    this.flush();
  }

  /** Ends the wait before the next attempt. */
  retryNow() {
    if (this.isOver || this.socket || this.retryTimer === undefined) return;
    clearTimeout(this.retryTimer);
    this.dial();
  }

  /** The network changed, or the page is looked at again: the link may be dead. */
  doubt() {
    if (this.isOver) return;
    this.backoff.reset();
    if (!this.socket) return this.retryNow();
    this.keepalive.woke(Date.now());
    this.lag.woke(Date.now());
    this.lookAfterLink();
  }

  /** Closes at once; the listener is not called any more. */
  stop() {
    this.isOver = true;
    clearInterval(this.tickTimer);
    clearTimeout(this.retryTimer);
    clearTimeout(this.paceTimer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Closes, and waits until the server has closed, too. */
  async close() {
    const socket = this.socket;
    this.stop();
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    await new Promise((resolve) => {
      socket.onclose = resolve;
      setTimeout(resolve, patience.woken);
    });
  }

  // ---- one link

  dial() {
    this.retryTimer = undefined;
    this.verdict = { step: 'go on' };
    this.isAtOnce = false;
    this.listener.onDialling();
    const socket = new WebSocket(this.url, 'hubbub.v1');
    this.socket = socket;
    this.keepalive = new Keepalive(patience, Date.now());
    const mine = () => this.socket === socket && !this.isOver;
    socket.onopen = () => {
      if (!mine()) return;
      this.keepalive = new Keepalive(patience, Date.now());
      this.session.linkUp();
      this.flush();
    };
    socket.onmessage = (message) => {
      if (mine() && typeof message.data === 'string') this.read(message.data);
    };
    socket.onclose = () => {
      if (mine()) this.endLink();
    };
  }

  /** @param {string} data */
  read(data) {
    if (this.absence.look(Date.now())) this.woke();
    this.keepalive.heard(Date.now());
    for (const line of data.split('\n')) {
      if (line === '') continue;
      const verdict = this.session.read(line, Date.now());
      if (this.isOver) return;
      if (verdict.step !== 'go on') {
        this.verdict = verdict;
        return this.endLink();
      }
    }
    if (this.session.phase === 'open') this.backoff.reset();
    this.flush();
  }

  /** @param {WireEvent} event @param {boolean} isMissed */
  take(event, isMissed) {
    const question = event.ref === undefined ? undefined : this.questions.get(event.ref);
    if (question === undefined) return this.listener.onEvent(event, isMissed);
    this.questions.delete(event.ref ?? '');
    if (event.type === 'error') return question.reject(/** @type {any} */ (event));
    this.listener.onEvent(event, isMissed);
    question.resolve(event);
  }

  endLink() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.isAtOnce ||= this.keepalive.isInDoubt && this.verdict.step === 'go on';
    if (this.session.isWelcome()) this.offlineSince = Date.now();
    this.session.linkDown();
    this.lag = new Lag();
    this.tellLag(0);
    const { step, error } = this.verdict;
    const isAwaited = step === 'name refused' && this.session.wasWelcome && error?.code === 'name_taken'
      && Date.now() - this.offlineSince < patience.name;
    if (step === 'closed for good' || (step === 'name refused' && !isAwaited)) {
      this.stop();
      if (step === 'name refused' && error) this.listener.onNameRefused(error);
      else this.listener.onClosed(error);
      return;
    }
    const delay = this.isAtOnce ? 0 : this.backoff.next();
    this.retryAt = Date.now() + delay;
    this.retryTimer = setTimeout(() => this.dial(), delay);
    this.listener.onLinkLost(delay, error);
  }

  /** Sends what may be sent now, and sets a timer for the rest. */
  flush() {
    const socket = this.socket;
    if (!socket || socket.readyState !== WebSocket.OPEN || this.isOver) return;
    const now = Date.now();
    const lines = this.session.takeOutput(now);
    for (const line of lines) socket.send(line);
    const next = this.session.nextOutput(now);
    clearTimeout(this.paceTimer);
    if (next !== null) this.paceTimer = setTimeout(() => this.flush(), Math.max(next - now, 0));
    this.lookAfterLink();
  }

  look() {
    if (this.isOver) return;
    if (this.absence.look(Date.now())) this.woke();
    this.lookAfterLink();
  }

  /** The machine slept, or the page was frozen. */
  woke() {
    // A hidden page is given a second in a minute only: that is no sleep, and asking once more does no harm.
    this.doubt();
  }

  /** Whether the link is alive, and how slow the server is. */
  lookAfterLink() {
    const socket = this.socket;
    if (!socket || this.isOver) return;
    const now = Date.now();
    if (this.session.isWelcome()) this.keepalive.welcomed();
    if (this.session.askedAt === null) this.keepalive.answered();
    this.lag.waiting(this.session.waitingSince(), now);
    const step = this.keepalive.step(now);
    if (step === 'give up') return this.endLink();
    if (step === 'ask' || (this.session.isWelcome() && this.lag.wantsQuestion())) {
      this.session.ping(now);
      this.keepalive.asked(now);
      for (const line of this.session.takeOutput(now)) if (socket.readyState === WebSocket.OPEN) socket.send(line);
    }
    const lag = this.lag.value(now);
    this.tellLag(lag < badLag ? 0 : Math.floor(lag / 1000) * 1000);
  }

  /** @param {number} lag */
  tellLag(lag) {
    if (lag === this.toldLag) return;
    this.toldLag = lag;
    this.listener.onLag(lag);
  }
}
