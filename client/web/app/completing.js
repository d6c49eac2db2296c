// What the word before the cursor may become: a name, a room, a command, an emoji.
// Knows no document: text and cursor in, suggestions out.

/** @import { App } from './app.js' */
import { keyOf } from '../model/names.js';
import { commands, findCommand } from './commands.js';
import { findEmoji } from './emoji.js';

/** @typedef {{from: number, to: number, items: {shown: string, hint: string, text: string}[]}} Completion what is replaced, and by what */

const mostItems = 8;

/** @param {App} app @param {string} text @param {number} cursor @param {boolean} isAsked by Tab: then a bare word will do
 * @returns {Completion | null} */
export function complete(app, text, cursor, isAsked) {
  const head = text.slice(0, cursor);
  const command = /^\s*[/／](\p{L}*)$/u.exec(head);
  if (command) return commandsLike(app, command[1], cursor);
  const emoji = /(?:^|\s):([a-z0-9_+-]{2,})$/.exec(head);
  if (emoji) {
    const items = findEmoji(emoji[1], mostItems).map(({ name, sign }) => ({ shown: sign, hint: `:${name}:`, text: sign }));
    return some(cursor - emoji[1].length - 1, cursor, items);
  }
  const room = /(?:^|\s)#([\p{L}\p{M}\p{N}_.-]*)$/u.exec(head);
  if (room) return roomsLike(app, room[1], cursor - room[1].length - 1, cursor, '#');
  const first = findCommand(/^\s*[/／](\p{L}+)\s+\S*$/u.exec(head)?.[1].toLowerCase() ?? '');
  const word = /@?([\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}_.-]*|)$/u.exec(head);
  if (!word) return null;
  const from = cursor - word[0].length;
  if (first?.completes === 'room') return roomsLike(app, word[1], from, cursor, '');
  const isCalled = word[0].startsWith('@');
  if (!isCalled && !isAsked && first?.completes !== 'name') return null;
  if (word[0] === '' && !first) return null;
  return namesLike(app, word[1], from, cursor, first ? ' ' : from === 0 ? ': ' : ' ');
}

/** @param {number} from @param {number} to @param {Completion['items']} items */
function some(from, to, items) {
  return items.length > 0 ? { from, to, items: items.slice(0, mostItems) } : null;
}

/** @param {App} app @param {string} begun @param {number} cursor */
function commandsLike(app, begun, cursor) {
  const key = begun.toLowerCase();
  const found = commands.filter(({ name, also }) => name.startsWith(key) || (key !== '' && also?.some((other) => other.startsWith(key))));
  const items = found.map(({ name, takes }) => ({ shown: `/${name}${takes ? ` ${takes}` : ''}`, hint: app.t(`command.${name}`), text: `/${name} ` }));
  return some(cursor - begun.length - 1, cursor, items);
}

/** @param {App} app @param {string} begun @param {number} from @param {number} to @param {string} before */
function roomsLike(app, begun, from, to, before) {
  const key = keyOf(begun);
  const rooms = [...app.model.places.values()].filter((place) => !place.isPrivate && place.key.startsWith(key));
  return some(from, to, rooms.map(({ name, topic }) => ({ shown: `#${name}`, hint: topic, text: `${before}${name} ` })));
}

/** @param {App} app @param {string} begun @param {number} from @param {number} to @param {string} behind */
function namesLike(app, begun, from, to, behind) {
  const key = keyOf(begun);
  const names = app.model.people().filter((name) => keyOf(name).startsWith(key));
  return some(from, to, names.map((name) => ({ shown: name, hint: '', text: `${name}${behind}` })));
}
