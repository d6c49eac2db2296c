// What is on the wire: the shapes of messages and events, and how long a text is there.
// Knows no connection and no view.

/**
 * @typedef {object} Message
 * @property {'message'} type
 * @property {string} [room]
 * @property {string} [to] in private
 * @property {number} seq 0: it has none, as what is said to a guest
 * @property {string} time RFC 3339
 * @property {string} from
 * @property {string} text
 * @property {string} [id]
 * @property {boolean} [action]
 * @property {boolean} [notice]
 * @property {string} [account]
 * @property {number} [reply_to]
 * @property {string} [edited]
 * @property {boolean} [deleted]
 * @property {string} [ref]
 */

/** Any line from the server. Further fields and types may come. @typedef {{type: string, ref?: string, [field: string]: any}} WireEvent */
/** Any line to the server. @typedef {{type: string, ref?: string, id?: string, [field: string]: any}} WireRequest */
/** @typedef {{code: string, text: string, retry_after?: number}} WireError */
/** What has become of a message: the greatest `change` of it holds.
 * @typedef {{type: string, room?: string, with?: string, seq?: number, seqs?: number[], change: number, text?: string, time?: string, by: string, reason?: string}} Change */
/** @typedef {{name: string, role: string}} RoleHeld */
/** How a room is run; what it does not have is no rule.
 * @typedef {{moderated?: boolean, invite_only?: boolean, secret?: boolean, key?: string, topic_for?: string, accounts_only?: string, history_for?: string,
 *   limit?: number, slow_mode?: number, keep_messages?: number, keep_age?: number}} Rules */
/** @typedef {{with: string, last: number, read: number, unread: number}} Conversation */
/** @typedef {{line: number, text: number, name: number, room: number, messages_per_second?: number, messages_burst?: number}} WireLimits */

/** What holds until `welcome` tells. @type {WireLimits} */
export const defaultLimits = { line: 16 * 1024, text: 4096, name: 32, room: 50 };

/** Messages that are asked for at once, to be put on one page of a list. */
export const pageMessages = 100;
/** Most messages of one `history`. */
export const mostMessages = 500;

const encoder = new TextEncoder();

/** @param {string} text @returns {number} bytes of UTF-8 */
export function bytesOf(text) {
  return encoder.encode(text).length;
}
