// Tells whoever listens that something has changed, gathered into one call for many changes.
// Knows neither what has changed nor who listens.

/** Topics are words: `rooms`, `link`, `place:KEY`, … */
export class Signals {
  /** @param {(flush: () => void) => void} schedule calls it soon, once */
  constructor(schedule) {
    this.schedule = schedule;
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
    /** @type {Set<string>} */
    this.changed = new Set();
    this.flush = this.flush.bind(this);
  }

  /** @param {string} topic */
  tell(topic) {
    if (this.changed.size === 0) this.schedule(this.flush);
    this.changed.add(topic);
  }

  /** @param {string[]} topics @param {() => void} listener @returns {() => void} ends it */
  on(topics, listener) {
    for (const topic of topics) {
      const listeners = this.listeners.get(topic) ?? new Set();
      this.listeners.set(topic, listeners.add(listener));
    }
    return () => {
      for (const topic of topics) this.listeners.get(topic)?.delete(listener);
    };
  }

  flush() {
    const topics = [...this.changed];
    this.changed.clear();
    /** @type {Set<() => void>} */
    const due = new Set();
    for (const topic of topics) for (const listener of this.listeners.get(topic) ?? []) due.add(listener);
    for (const listener of due) listener();
  }
}
