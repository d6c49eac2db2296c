// What has become of messages: edits and deletions by their numbers, of which the greatest holds, in whatever order they come.
// Knows no places: messages and changes in, messages as they are now out.

/** @import { Message, Change } from '../wire.js' */

/** So many messages whose last change is known, for those that are read later than they were changed. */
const mostKnown = 2000;

export class Changes {
  constructor() {
    /** By number of the message, the latest last. @type {Map<number, Change>} */
    this.last = new Map();
  }

  /** @param {Change} change @returns {number[]} the messages for which it is news */
  note(change) {
    const isNews = (/** @type {Change | undefined} */ known) => !known || (known.change < change.change && known.type !== 'deleted');
    const fresh = (change.seqs ?? [change.seq ?? 0]).filter((seq) => isNews(this.last.get(seq)));
    for (const seq of fresh) {
      this.last.delete(seq);
      this.last.set(seq, change);
    }
    for (const seq of this.last.keys()) {
      if (this.last.size <= mostKnown) break;
      this.last.delete(seq);
    }
    return fresh;
  }

  /** As it is now. What the server has told later than the change is left as it is. @param {Message} message @returns {Message} */
  applied(message) {
    const change = this.last.get(message.seq);
    if (!change || message.deleted) return message;
    if (change.type === 'deleted') return { ...message, text: '', deleted: true, edited: undefined };
    if (message.edited && change.time && Date.parse(message.edited) > Date.parse(change.time)) return message;
    return { ...message, text: change.text ?? '', edited: change.time };
  }
}
