// Who comes and goes in a room, gathered so that it can be told in few lines.
// Knows no clock and no view: time is passed in, in milliseconds.

/** @typedef {{joined: string[], left: {name: string, reason: string}[]}} Moves */

/** Joins and departures within this time share a line. */
const burst = 500;
/** Within this time a client with a broken link usually comes back. */
const grace = 10_000;
/** The same after one's own link broke, or the server restarted, when all come back. */
const longGrace = 40_000;

/** Reasons of the server's own after which one may soon be back. */
const mayComeBack = new Set(['disconnected', 'idle_timeout', 'hello_timeout', 'too_slow', 'shutting_down', 'flooding',
  'line_too_long', 'too_many_connections', 'logged_out', 'auth_failed', 'suspended', 'unsupported_version']);

/** Somebody who leaves and soon comes back is not told of. */
export class Doorway {
  constructor() {
    /** @type {{name: string, reason: string, hasJoined: boolean, due: number}[]} */
    this.waiting = [];
  }

  /** @param {string} name @param {boolean} isTold @param {number} now */
  arrive(name, isTold, now) {
    if (this.cancel(name, false) || !isTold) return;
    this.waiting.push({ name, reason: '', hasJoined: true, due: now + burst });
  }

  /** @param {string} name @param {string} reason @param {boolean} isTold @param {number} now */
  depart(name, reason, isTold, now) {
    if (this.cancel(name, true) || !isTold) return;
    this.waiting.push({ name, reason, hasJoined: false, due: now + (mayComeBack.has(reason) ? grace : burst) });
  }

  /** They were here before one's own link broke, and are gone. @param {string[]} names @param {number} now */
  miss(names, now) {
    for (const name of names) {
      if (!this.cancel(name, true)) this.waiting.push({ name, reason: '', hasJoined: false, due: now + longGrace });
    }
  }

  /** @param {string} old @param {string} name */
  rename(old, name) {
    // Most often it is the same person, who had another name as long as the dead link bore this one.
    this.cancel(name, false);
    for (const waiting of this.waiting) if (waiting.name === old) waiting.name = name;
  }

  clear() {
    this.waiting = [];
  }

  /** When the next line is due; null: none waits. */
  nextDue() {
    return this.waiting.length === 0 ? null : Math.min(...this.waiting.map((each) => each.due));
  }

  /** The line that is due. Whoever speaks now must have come in before.
   * @param {number} now @param {string} speaker @returns {Moves | null} */
  take(now, speaker = '') {
    // What is due in a far future was put down before the clock was set back.
    const isDue = (/** @type {number} */ due, /** @type {number} */ by) => due <= by || due > now + longGrace;
    if (!this.waiting.some((each) => isDue(each.due, now) || (each.hasJoined && each.name === speaker))) return null;
    const soon = this.waiting.filter((each) => isDue(each.due, now + burst));
    this.waiting = this.waiting.filter((each) => !soon.includes(each));
    return {
      joined: soon.filter((each) => each.hasJoined).map((each) => each.name),
      left: soon.filter((each) => !each.hasJoined).map(({ name, reason }) => ({ name, reason })),
    };
  }

  /** @param {string} name @param {boolean} hasJoined */
  cancel(name, hasJoined) {
    const count = this.waiting.length;
    this.waiting = this.waiting.filter((each) => each.name !== name || each.hasJoined !== hasJoined);
    return this.waiting.length < count;
  }
}
