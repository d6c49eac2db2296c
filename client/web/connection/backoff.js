// How long to wait before the next attempt to connect, and whether this machine has slept meanwhile.
// Knows no clock, no timer and no socket: time and chance are passed in.

/** The wait before the next attempt: a step that doubles, less a random part of up to half of it, so that the
 * clients of a restarted server do not all come back at the same moment. */
export class Backoff {
  /**
   * @param {number} first milliseconds
   * @param {number} most milliseconds
   * @param {() => number} random from 0 up to 1
   */
  constructor(first, most, random) {
    this.first = first;
    this.most = most;
    this.step = first;
    this.random = random;
  }

  /** Between half of the step and the whole of it; the step doubles. */
  next() {
    const step = this.step;
    this.step = Math.min(step * 2, this.most);
    const least = Math.floor(step / 2);
    return least + Math.floor(this.random() * (step - least + 1));
  }

  /** After a link that worked. */
  reset() {
    this.step = this.first;
  }
}

/** Tells whether the machine slept, or the page was frozen, between two looks at a clock that runs meanwhile. */
export class Absence {
  /**
   * @param {number} period a look is due every so many milliseconds
   * @param {number} tolerance one that is late by so much only means that the machine is busy
   * @param {number} now
   */
  constructor(period, tolerance, now) {
    this.period = period;
    this.tolerance = tolerance;
    this.due = now + period;
  }

  /** @param {number} now @returns {boolean} nothing ran for a while since the last look */
  look(now) {
    const isLate = now > this.due + this.tolerance;
    if (now >= this.due) this.due = now + this.period;
    return isLate;
  }
}
