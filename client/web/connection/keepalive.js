// When to ask the server whether it is there, when to give up the link, and how slow the server is.
// Knows no clock, no timer and no socket: time is passed in, in milliseconds.

/** @typedef {{silence: number, answer: number, woken: number}} Limits `woken` replaces `answer` after sleep */

/** A dead link may never be reported, as when a laptop changes networks: so the server is asked. */
export class Keepalive {
  /** For a new link, whose `welcome` must come within `silence` and `answer` together.
   * @param {Limits} limits @param {number} now */
  constructor(limits, now) {
    this.limits = limits;
    this.heardAt = now;
    this.since = now;
    /** @type {number | null} */
    this.askedAt = null;
    this.patience = 0;
    this.isWelcome = false;
    this.isInDoubt = false;
    this.asksNow = false;
  }

  welcomed() {
    if (this.isWelcome) return;
    this.isWelcome = true;
    this.asksNow = this.isInDoubt;
  }

  /** @param {number} now */
  heard(now) {
    this.heardAt = now;
  }

  /** The machine slept until now, or the network changed: the server is asked at once, and has less time.
   * @param {number} now */
  woke(now) {
    this.isInDoubt = true;
    this.asksNow = this.isWelcome;
    this.since = now;
  }

  /** The server was asked, for whatever reason. @param {number} now */
  asked(now) {
    const isSilent = now >= this.heardAt + this.limits.silence;
    this.patience = isSilent ? this.limits.answer : this.limits.silence + this.limits.answer;
    if (this.isInDoubt) this.patience = this.limits.woken;
    this.askedAt = now;
    this.asksNow = false;
  }

  /** The last question has its answer, if there was one. */
  answered() {
    if (this.askedAt === null || this.asksNow) return;
    this.askedAt = null;
    this.isInDoubt = false;
  }

  /** @param {number} now @returns {'wait' | 'ask' | 'give up'} */
  step(now) {
    if (now < this.due()) return 'wait';
    return this.isWelcome && (this.asksNow || this.askedAt === null) ? 'ask' : 'give up';
  }

  /** When `step` will be something other than to wait. */
  due() {
    const { silence, answer, woken } = this.limits;
    if (!this.isWelcome) return this.since + (this.isInDoubt ? woken : silence + answer);
    if (this.asksNow) return this.since;
    // While something arrives, the answer may be on its way behind it.
    if (this.askedAt !== null) return Math.max(this.askedAt, this.heardAt) + this.patience;
    return this.heardAt + silence;
  }
}

/** The lag from which on it is told: a second. */
export const badLag = 1000;

/** The server's response time: the last round trip, or the age of the oldest open question if that is more. */
export class Lag {
  constructor() {
    /** @type {number | null} */
    this.since = null;
    this.awakeSince = -Infinity;
    this.roundTrip = 0;
  }

  /** @param {number | null} since when the oldest open question was asked @param {number} now */
  waiting(since, now) {
    if (this.since !== null && since !== this.since) this.roundTrip = this.age(this.since, now);
    this.since = since;
  }

  /** @param {number} now */
  woke(now) {
    this.awakeSince = now;
  }

  /** @param {number} since @param {number} now */
  age(since, now) {
    return Math.max(now - Math.max(since, this.awakeSince), 0);
  }

  /** @param {number} now */
  value(now) {
    return this.since === null ? this.roundTrip : Math.max(this.roundTrip, this.age(this.since, now));
  }

  /** The last answer was slow: only a new question can show that the lag is over. */
  wantsQuestion() {
    return this.since === null && this.roundTrip >= badLag;
  }
}
