// The page's side of the protocol, across links: hello, rooms, requests and their answers.
// Knows no socket and no clock: takes lines and gives lines. What a person sees is the model's.

/** @import { WireEvent, WireRequest, WireError, Message } from '../wire.js' */
import { defaultLimits, bytesOf } from '../wire.js';
import { keyOf, sameName } from '../model/names.js';
import { Entry } from './entry.js';
import { Repeats } from './feed.js';
import { Outbox, Pacer } from './outbox.js';

/** Closing codes after which coming back by itself is pointless; after `line_too_long` the same line would go again. */
const finalCodes = new Set(['unsupported_version', 'auth_failed', 'line_too_long', 'flooding', 'kicked', 'banned',
  'suspended', 'logged_out', 'quit']);
/** What another name, or a login, mends. */
const nameCodes = new Set(['name_taken', 'name_invalid', 'login_required', 'login_failed', 'login_insecure', 'suspended',
  'rate_limited', 'busy']);
/** Requests whose effect others see: the server counts them against the pace. */
const pacedTypes = new Set(['say', 'tell', 'rename', 'topic', 'leave', 'edit', 'delete', 'report', 'invite', 'redeem', 'role', 'kick', 'ban']);
/** What happens in a room has to wait while its gap is closed. */
const heldTypes = new Set(['message', 'presence', 'topic', 'edited', 'deleted', 'room', 'role', 'kicked', 'banned', 'unbanned']);
/** How long, after coming back, others are given to come back, too; and the steps of that. */
const graceMs = 15_000;
const graceStepMs = 500;
const namesKept = 16;

/**
 * @typedef {object} Listener
 * @property {(event: WireEvent, isMissed: boolean) => void} onEvent each message once and in order, across links
 * @property {() => void} onLinkBack
 * @property {() => void} onReady rooms were entered, what was missed has come: requests are sent from now on
 */

/** @typedef {{step: 'go on' | 'name refused' | 'turned away' | 'closed for good', error?: WireError}} Verdict */

/** @type {Verdict} */
const goOn = { step: 'go on' };

export class Session {
  /**
   * @param {{name: string, rooms: string[], program: string}} profile `name` is empty for one who is logged in by a cookie
   * @param {string} tag begins the ids of this session; no other session may use it
   * @param {Listener} listener
   */
  constructor(profile, tag, listener) {
    this.profile = profile;
    this.name = profile.name;
    this.tag = tag;
    this.listener = listener;
    /** @type {'greeting' | 'entering' | 'open'} */
    this.phase = 'greeting';
    this.wasWelcome = false;
    this.hasDefaultRoom = profile.rooms.length > 0;
    /** @type {number | null} when the last `welcome` came; null until the second one */
    this.backAt = null;
    this.counter = 0;
    this.pings = 0;
    /** @type {number | null} when the last ping was sent; null: it was answered */
    this.askedAt = null;
    this.limits = defaultLimits;
    /** One's names so far: what was under way as another name is known to be one's own. @type {string[]} */
    this.names = [];
    /** @type {string[]} */
    this.output = [];
    this.outbox = new Outbox();
    this.repeats = new Repeats();
    this.entry = new Entry({
      write: (request) => this.write(request),
      deliver: (event) => listener.onEvent(event, false),
      deliverMissed: (event) => this.deliverMissed(event),
      nextTag: () => this.nextTag(),
    }, profile.rooms);
    this.now = 0;
  }

  linkUp() {
    /** @type {WireRequest} */
    const hello = { type: 'hello', version: 1, client: this.profile.program };
    if (this.name) hello.name = this.name;
    this.write(hello);
  }

  linkDown() {
    this.phase = 'greeting';
    this.output = [];
    this.askedAt = null;
    this.entry.linkDown();
  }

  isWelcome() {
    return this.phase !== 'greeting';
  }

  /** One line from the server. @param {string} line @param {number} now @returns {Verdict} */
  read(line, now) {
    /** @type {WireEvent} */
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      return goOn; // a greeting in plain text
    }
    if (typeof event?.type !== 'string') return goOn;
    this.now = now;
    const verdict = this.handle(event, now);
    this.openWhenEntered();
    return verdict;
  }

  /** @param {WireEvent} event @param {number} now @returns {Verdict} */
  handle(event, now) {
    // Who was put out does not come back by himself.
    const isOut = event.type === 'closed' || (event.type === 'kicked' && (event.you || sameName(event.name, this.names.at(-1) ?? '')));
    if (isOut) this.entry.leave(event.room);
    const feed = heldTypes.has(event.type) ? this.entry.find(event.room) : undefined;
    if (feed?.isCatchingUp) {
      if (event.type !== 'message') this.settle(event.ref);
      feed.hold(event);
      return goOn;
    }
    switch (event.type) {
      case 'welcome': return this.welcome(event, now);
      case 'message': return this.message(/** @type {any} */ (event), now);
      case 'error': return this.error(event, now);
      case 'ping': this.write({ type: 'pong' }); return goOn;
      case 'pong':
        if (event.ref === this.pingRef()) this.askedAt = null;
        else this.settle(event.ref);
        return goOn;
      case 'bye':
        this.listener.onEvent(event, false);
        return { step: finalCodes.has(event.code) ? 'closed for good' : 'turned away', error: /** @type {any} */ (event) };
      case 'joined':
        this.settle(event.ref);
        this.entry.joined(event);
        return goOn;
      case 'history':
        if (this.entry.page(event)) return goOn;
        break;
      case 'left': this.entry.leave(event.room); break;
      case 'edited': case 'deleted': feed?.takeChange(event); break;
      case 'renamed': if (event.old === this.name) this.goBy(event.new); break;
      case 'registered': case 'logged_out': if (event.name) this.goBy(event.name); break;
    }
    this.settle(event.ref);
    this.listener.onEvent(event, false);
    return goOn;
  }

  /** @param {WireEvent} welcome @param {number} now @returns {Verdict} */
  welcome(welcome, now) {
    const isAgain = this.wasWelcome;
    this.wasWelcome = true;
    this.phase = 'entering';
    // Who is logged in by a cookie goes by whatever name the account has then.
    if (this.profile.name !== '' || this.name !== '') this.name = welcome.name;
    this.goBy(welcome.name);
    this.limits = { ...defaultLimits, ...welcome.limits };
    this.outbox.rewind(new Pacer(this.limits.messages_per_second, this.limits.messages_burst));
    if (!isAgain && !this.hasDefaultRoom && welcome.default_room) this.entry.unentered.push(welcome.default_room);
    this.entry.remember(welcome.account ? welcome.account_name : '', welcome.rooms ?? []);
    if (isAgain) {
      this.backAt = now;
      this.listener.onLinkBack();
    }
    this.listener.onEvent(welcome, false);
    this.entry.enterAll();
    return goOn;
  }

  /** @param {Message} message @param {number} now @returns {Verdict} */
  message(message, now) {
    message.seq ??= 0;
    const isMine = this.isMine(message);
    const isAnswer = this.outbox.answered(message.ref ?? '', now)
      || (isMine && this.outbox.cameBack(message.id ?? '', now));
    if (!isAnswer && message.room === undefined && !isMine && this.repeats.has(message, now)) return goOn;
    const feed = this.entry.find(message.room);
    const isNew = !feed || feed.take(message);
    // One's own is delivered even if it is old: it may have been said before, under the same id.
    if (isAnswer || isNew) this.listener.onEvent(/** @type {any} */ (message), false);
    return goOn;
  }

  /** @param {WireEvent} error @param {number} now @returns {Verdict} */
  error(error, now) {
    if (!this.isWelcome()) {
      // A server that cannot store anything at the moment, as one that is cut off from the others.
      const isForNow = this.wasWelcome && error.code === 'storage_failed';
      const step = nameCodes.has(error.code) ? 'name refused' : isForNow ? 'turned away' : 'closed for good';
      return { step, error: /** @type {any} */ (error) };
    }
    if (error.ref === this.quietRef()) return goOn;
    const taken = this.entry.refused(error, now);
    if (taken === 'setback') return { step: 'turned away', error: /** @type {any} */ (error) };
    if (taken === 'taken') return goOn;
    const until = now + Math.min(error.retry_after ?? 0, 3_600_000);
    if (error.code === 'rate_limited' && this.outbox.refused(error.ref ?? '', until, now)) return goOn;
    if (this.putOff(error, now)) return goOn;
    this.settle(error.ref);
    this.listener.onEvent(error, false);
    return goOn;
  }

  /** After a restart of the server others may come back later: what is for them is sent again for a while, at common
   * times, so that it keeps its order. @param {WireEvent} error @param {number} now */
  putOff(error, now) {
    if (error.code !== 'no_such_user' || this.backAt === null || now - this.backAt >= graceMs) return false;
    const steps = Math.floor((now - this.backAt) / graceStepMs) + 1;
    return this.outbox.putOff(error.ref ?? '', this.backAt + steps * graceStepMs, now);
  }

  openWhenEntered() {
    if (this.phase !== 'entering' || !this.entry.isDone()) return;
    this.phase = 'open';
    this.entry.setbacks = 0;
    this.listener.onReady();
  }

  /** @param {WireEvent} event */
  deliverMissed(event) {
    /** @type {Message[]} */
    const messages = event.type === 'message' ? [event] : event.messages ?? event.history ?? [];
    // One's own message in the history need not be sent again.
    for (const message of messages) if (this.isMine(message)) this.outbox.cameBack(message.id ?? '', this.now);
    this.listener.onEvent(event, true);
  }

  /** Queues a request, with an `id` for what is said and a `ref` for all.
   * @param {WireRequest} request @returns {'queued' | 'full' | 'too long'} */
  send(request) {
    const ref = request.ref ?? this.nextTag();
    const isSaid = request.type === 'say' || request.type === 'tell';
    if (request.type === 'join' && request.key) this.entry.keys.set(keyOf(request.room), request.key);
    const whole = { ...request, ref };
    if (isSaid) whole.id ??= this.nextTag();
    const line = JSON.stringify(whole);
    // The server would close the link because of such a line.
    if (bytesOf(line) > this.limits.line) return 'too long';
    if (this.outbox.isFull()) return 'full';
    const to = request.type === 'tell' ? keyOf(request.to) : '';
    this.outbox.push({ line, ref, id: isSaid ? whole.id ?? '' : '', isPaced: pacedTypes.has(request.type), to });
    return 'queued';
  }

  /** @param {number} now */
  ping(now) {
    if (!this.isWelcome()) return;
    this.pings += 1;
    this.askedAt = now;
    this.write({ type: 'ping', ref: this.pingRef() });
  }

  /** When the oldest request without an answer was sent, pings included; null: all were answered. */
  waitingSince() {
    const sent = this.phase === 'open' ? this.outbox.waitingSince() : null;
    if (this.askedAt === null || sent === null) return this.askedAt ?? sent;
    return Math.min(this.askedAt, sent);
  }

  /** @param {number} now @returns {string[]} the lines to send now */
  takeOutput(now) {
    this.entry.askAgain(now);
    const lines = this.output;
    this.output = [];
    return this.phase === 'open' ? lines.concat(this.outbox.send(now)) : lines;
  }

  /** When time alone will bring more output; null: it will not. @param {number} now */
  nextOutput(now) {
    const next = this.phase === 'open' ? this.outbox.next(now) : null;
    const later = this.entry.next();
    if (next === null || later === null) return next ?? later;
    return Math.min(next, later);
  }

  /** Whether one has said it oneself, under any of one's latest names. @param {Message} message */
  isMine(message) {
    return this.names.some((name) => sameName(name, message.from));
  }

  /** @param {string} name */
  goBy(name) {
    if (this.profile.name !== '') this.name = name;
    this.names = [...this.names.filter((each) => each !== name), name].slice(-namesKept);
  }

  /** @param {string | undefined} ref */
  settle(ref) {
    if (ref) this.outbox.answered(ref, this.now);
  }

  /** Of what may fail without a word. */
  quietRef() {
    return `${this.tag}.quiet`;
  }

  pingRef() {
    return `${this.tag}.ping.${this.pings}`;
  }

  nextTag() {
    this.counter += 1;
    return `${this.tag}.${this.counter}`;
  }

  /** @param {WireRequest} request */
  write(request) {
    this.output.push(JSON.stringify(request));
  }
}
