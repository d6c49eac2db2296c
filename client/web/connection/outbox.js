// Requests that have not been answered, in order, across links, and the pace at which the server takes them.
// Knows no clock and no socket: time is passed in, and lines come out.

// The share of the allowed rate that is used, for differences of clocks and rounding.
const caution = 0.95;

/** The server's token bucket, as `welcome.limits` tells it. A token is reserved when a request is sent and spent
 * when its answer comes, so that the server's bucket always holds at least as much as this one. */
export class Pacer {
  /** @param {number} perSecond 0: no limit @param {number} burst 0: no limit */
  constructor(perSecond = 0, burst = 0) {
    const isLimited = perSecond > 0 && burst > 0;
    this.rate = isLimited ? (perSecond * caution) / 1000 : 0;
    this.burst = burst;
    this.level = burst;
    this.inFlight = 0;
    /** @type {number | null} */
    this.refilledAt = null;
  }

  /** @param {number} now @returns {boolean} a token was reserved */
  take(now) {
    if (this.rate === 0) return true;
    this.refill(now);
    if (this.level - this.inFlight < 1) return false;
    this.inFlight += 1;
    return true;
  }

  /** A request that had taken a token was answered. @param {number} now */
  settle(now) {
    if (this.rate === 0 || this.inFlight === 0) return;
    this.refill(now);
    this.inFlight -= 1;
    this.level = Math.max(this.level - 1, 0);
  }

  /** When `take` will succeed; null: it does now, or only after an answer. @param {number} now */
  readyAt(now) {
    if (this.rate === 0) return null;
    this.refill(now);
    const missing = 1 - (this.level - this.inFlight);
    if (missing <= 0 || this.inFlight + 1 > this.burst) return null;
    return now + Math.min(Math.ceil(missing / this.rate), 3_600_000) + 1;
  }

  /** @param {number} now */
  refill(now) {
    if (this.refilledAt !== null) this.level = Math.min(this.level + (now - this.refilledAt) * this.rate, this.burst);
    this.refilledAt = now;
  }
}

/** @typedef {{line: string, ref: string, id: string, isPaced: boolean, to: string}} Outgoing
 * `id`: of a say or tell, else empty; `to`: the key of a tell's recipient, else empty */

/** @typedef {{request: Outgoing, isSent: boolean, sentAt: number, isRefused: boolean, isCarriedOver: boolean,
 *   notBefore: number}} Item */

/** In one pass over the queue: which requests have to wait for an earlier one to the same person. */
class Held {
  constructor() {
    /** @type {Set<string>} */
    this.people = new Set();
  }

  /** @param {Item} item */
  has(item) {
    const to = item.request.to;
    if (!to) return false;
    const isBehind = this.people.has(to);
    if (item.notBefore !== 0) this.people.add(to);
    return isBehind;
  }
}

/** The server answers in the order of the requests, so that many are under way at once. A request leaves when its
 * answer comes; after a broken link what remains is sent again, and the server knows a repeated say by its `id`. */
export class Outbox {
  static mostRequests = 1000;
  static mostCharacters = 256 * 1024;
  /** Requests under way at once. */
  static mostUnderWay = 128;

  constructor() {
    /** @type {Item[]} */
    this.queue = [];
    this.characters = 0;
    this.inFlight = 0;
    this.refusals = 0;
    this.blockedUntil = 0;
    this.pacer = new Pacer();
  }

  isFull() {
    return this.queue.length >= Outbox.mostRequests || this.characters >= Outbox.mostCharacters;
  }

  /** @param {Outgoing} request */
  push(request) {
    this.characters += request.line.length;
    this.queue.push({ request, isSent: false, sentAt: 0, isRefused: false, isCarriedOver: false, notBefore: 0 });
  }

  /** A new link: everything is sent again, and the server's bucket is full. @param {Pacer} pacer */
  rewind(pacer) {
    for (const item of this.queue) {
      item.isSent = item.isRefused = false;
      item.isCarriedOver = true;
      item.notBefore = 0;
    }
    this.inFlight = this.refusals = this.blockedUntil = 0;
    this.pacer = pacer;
  }

  /** The lines that may be sent now; they count as sent. @param {number} now */
  send(now) {
    /** @type {string[]} */
    const lines = [];
    if (now < this.blockedUntil) return lines;
    const held = new Held();
    for (const item of this.queue) {
      if (held.has(item) || item.isSent || item.notBefore > now) continue;
      if (this.inFlight >= this.allowedAtOnce()) break;
      if (item.request.isPaced && !this.pacer.take(now)) break;
      lines.push(item.request.line);
      item.isSent = true;
      item.sentAt = now;
      this.inFlight += 1;
    }
    return lines;
  }

  /** When time alone will give `send` more; null: it will not. @param {number} now */
  next(now) {
    if (this.inFlight >= this.allowedAtOnce()) return null;
    /** @type {number | null} */
    let soonest = null;
    const held = new Held();
    for (const item of this.queue) {
      if (held.has(item) || item.isSent) continue;
      let ready = item.request.isPaced ? this.pacer.readyAt(now) : null;
      if (now < this.blockedUntil) ready = this.blockedUntil;
      const isPutOff = item.notBefore > now;
      if (isPutOff) ready = Math.max(item.notBefore, ready ?? item.notBefore);
      if (ready !== null) soonest = Math.min(ready, soonest ?? ready);
      if (!isPutOff) break; // later requests are sent after this one
    }
    return soonest;
  }

  /** When the oldest request under way was sent; null: none is. */
  waitingSince() {
    return this.queue.find((item) => item.isSent)?.sentAt ?? null;
  }

  /** The answer to `ref` came. Requests without an `id` before it have been answered, too, as answers come in order.
   * @param {string} ref @param {number} now @returns {boolean} there was such a request */
  answered(ref, now) {
    const answered = this.findSent(ref);
    if (!answered) return false;
    const before = this.queue.slice(0, this.queue.indexOf(answered));
    this.retire(answered, now);
    for (const item of before) {
      if (item.isSent && !item.request.id) this.retire(item, now);
    }
    return true;
  }

  /** One's own say with that id was seen. @param {string} id @param {number} now */
  cameBack(id, now) {
    const said = id ? this.queue.find((item) => item.request.id === id) : undefined;
    if (said) this.retire(said, now);
    return said !== undefined;
  }

  /** Refused for now: it keeps its place and is sent again, not before `until`. Until it is answered requests go one at
   * a time, so that none overtakes it. @param {string} ref @param {number} until @param {number} now */
  refused(ref, until, now) {
    const item = this.findSent(ref);
    if (!item) return false;
    this.unsend(item, now);
    if (!item.isRefused) this.refusals += 1;
    item.isRefused = true;
    this.blockedUntil = Math.max(this.blockedUntil, until);
    return true;
  }

  /** The server cannot carry it out yet: it is sent again at `when`, and others may overtake it but those to the same
   * person. Only for what is older than the link. @param {string} ref @param {number} when @param {number} now */
  putOff(ref, when, now) {
    const item = this.findSent(ref);
    if (!item || !item.isCarriedOver) return false;
    this.unsend(item, now);
    item.notBefore = when;
    return true;
  }

  /** Takes back a request that waits. @param {string} ref @param {number} now @returns {boolean} it was there */
  withdraw(ref, now) {
    const item = this.queue.find((each) => each.request.ref === ref);
    if (item) this.retire(item, now);
    return item !== undefined;
  }

  allowedAtOnce() {
    return this.refusals > 0 ? 1 : Outbox.mostUnderWay;
  }

  /** @param {string} ref */
  findSent(ref) {
    return this.queue.find((item) => item.isSent && item.request.ref === ref);
  }

  /** @param {Item} item @param {number} now */
  retire(item, now) {
    if (item.isSent) this.unsend(item, now);
    if (item.isRefused) this.refusals -= 1;
    this.characters -= item.request.line.length;
    this.queue.splice(this.queue.indexOf(item), 1);
  }

  /** @param {Item} item @param {number} now */
  unsend(item, now) {
    item.isSent = false;
    this.inFlight -= 1;
    if (item.request.isPaced) this.pacer.settle(now);
  }
}
