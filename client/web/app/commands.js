// The table of what a person can type with a slash. A new command is a row here, and a line `command.NAME` in
// languages/en.js: help and completion follow from the two.
// Knows the application's deeds, not how they look.

/** @import { App } from './app.js' */
/** @import { Place } from '../model/place.js' */
import { sameName } from '../model/names.js';
import { rankOf, ranks } from '../model/rights.js';

/** @typedef {{app: App, place: Place, rest: string}} Typed */
/** @typedef {'name' | 'room' | 'text' | 'command'} Argument */
/**
 * @typedef {object} Command
 * @property {string} name
 * @property {string} takes as the help shows it; what may be left out in brackets
 * @property {Argument} [completes] what its first word is
 * @property {string[]} [also] names that people know from other systems
 * @property {(typed: Typed) => void | false} run false: it needs what `takes` says
 */

/** @type {Command[]} */
export const commands = [
  { name: 'help', takes: '', also: ['commands'], run: ({ app }) => app.open({ kind: 'help' }) },
  { name: 'name', takes: 'NEW', also: ['nick'], run: ({ app, rest }) => rest !== '' && void app.ask({ type: 'rename', name: rest }) },
  { name: 'join', takes: 'ROOM [KEY]', also: ['j'], completes: 'room', run: ({ app, rest }) => rest !== '' && void app.openRoom(roomOf(rest.split(/\s+/)[0]), 0, rest.split(/\s+/)[1]) },
  { name: 'leave', takes: '[ROOM]', also: ['part'], completes: 'room', run: leave },
  { name: 'rooms', takes: '', also: ['list'], run: ({ app }) => app.open({ kind: 'rooms' }) },
  { name: 'who', takes: '', also: ['names'], run: ({ app }) => app.openPanel('people') },
  { name: 'whoami', takes: '', run: whoAmI },
  { name: 'msg', takes: 'NAME [TEXT]', also: ['query'], completes: 'name', run: message },
  { name: 'me', takes: 'TEXT', run: ({ app, place, rest }) => rest !== '' && void app.speech.say(place, rest, true) },
  { name: 'edit', takes: '[TEXT]', run: edit },
  { name: 'delete', takes: '', also: ['del', 'unsend'], run: ({ app, place }) => void app.ask({ type: 'delete', ...(place.isPrivate ? { with: place.name } : { room: place.name }) }) },
  { name: 'topic', takes: '[TEXT]', run: topic },
  { name: 'history', takes: '', run: ({ app, place }) => void app.past.older(place) },
  { name: 'conversations', takes: '', also: ['inbox'], run: ({ app }) => app.open({ kind: 'switcher' }) },
  { name: 'search', takes: '[WORDS]', run: ({ app, rest }) => { app.wanted = rest; app.openPanel('search'); } },
  { name: 'mute', takes: '', run: ({ app, place }) => setLevel(app, place, 'none') },
  { name: 'unmute', takes: '', run: ({ app, place }) => setLevel(app, place, 'all') },
  { name: 'ignore', takes: 'NAME', completes: 'name', run: ({ app, rest }) => ignore(app, rest, true) },
  { name: 'unignore', takes: 'NAME', completes: 'name', run: ({ app, rest }) => ignore(app, rest, false) },
  { name: 'room', takes: '', also: ['bans', 'unban', 'webhooks', 'webhook', 'audit', 'claim', 'close'], run: ({ app, place }) => !place.isPrivate && app.open({ kind: 'room', place }) },
  { name: 'role', takes: 'NAME ROLE', completes: 'name', run: (typed) => give(typed, typed.rest.split(/\s+/)[1] ?? '') },
  { name: 'op', takes: 'NAME', completes: 'name', run: (typed) => give(typed, 'moderator') },
  { name: 'deop', takes: 'NAME', also: ['devoice'], completes: 'name', run: (typed) => give(typed, 'none') },
  { name: 'voice', takes: 'NAME', completes: 'name', run: (typed) => give(typed, 'voice') },
  { name: 'kick', takes: 'NAME [WHY]', also: ['remove'], completes: 'name', run: (typed) => put(typed, 'kick') },
  { name: 'ban', takes: 'NAME [2h] [WHY]', completes: 'name', run: (typed) => put(typed, 'ban') },
  { name: 'silence', takes: 'NAME [10m] [WHY]', also: ['timeout'], completes: 'name', run: (typed) => put(typed, 'mute') },
  { name: 'invite', takes: 'NAME', completes: 'name', run: ({ app, place, rest }) => isNamed(place, rest) && void app.order.invite(place.name, rest) },
  { name: 'redeem', takes: 'TOKEN', run: ({ app, rest }) => rest !== '' && void app.order.redeem(rest) },
  { name: 'report', takes: '[SEQ] WHY', run: report },
  { name: 'reports', takes: '', also: ['resolve'], run: ({ app, place }) => app.open({ kind: 'reports', room: rankOf(app.model.role) >= ranks.moderator ? undefined : place.name }) },
  { name: 'server', takes: '', also: ['lockdown', 'announce', 'suspend', 'disconnect'], run: ({ app }) => app.open({ kind: 'server' }) },
  { name: 'register', takes: '', run: ({ app }) => app.open({ kind: 'register' }) },
  { name: 'login', takes: '', also: ['identify'], run: ({ app }) => app.leave({ code: 'log_in', text: '' }) },
  { name: 'logout', takes: '', also: ['logoff'], run: ({ app }) => void app.logOut() },
  { name: 'password', takes: '', also: ['passwd'], run: ({ app }) => app.open({ kind: 'settings' }) },
  { name: 'devices', takes: '', also: ['revoke'], run: ({ app }) => app.open({ kind: 'devices' }) },
  { name: 'settings', takes: '', also: ['set'], run: ({ app }) => app.open({ kind: 'settings' }) },
  { name: 'quit', takes: '', also: ['exit'], run: ({ app }) => app.leave(null) },
];

/** @param {string} name */
export function findCommand(name) {
  return commands.find((command) => command.name === name || command.also?.includes(name));
}

/** @param {App} app @param {Place} place @param {string} text
 * @returns {'done' | null | {why: string}} null: it is no command, but something to say */
export function runCommand(app, place, text) {
  // A command may stand behind blanks, and begin with a wide slash; `//` says a line that begins with a slash.
  const found = /^\s*[/／](\p{L}+)(?:\s+([\s\S]*))?$/u.exec(text);
  const parted = /^\s*[/／]\s+(\p{L}+)/u.exec(text);
  if (parted && findCommand(parted[1].toLowerCase())) return { why: app.words.t('partedCommand', { command: parted[1] }) };
  if (!found) return null;
  const command = findCommand(found[1].toLowerCase());
  if (!command) return { why: app.words.t('unknownCommand', { command: found[1].slice(0, 20) }) };
  const isDone = command.run({ app, place, rest: (found[2] ?? '').trim() });
  return isDone === false ? { why: `/${command.name} ${command.takes}` } : 'done';
}

/** @param {string} rest */
function roomOf(rest) {
  return rest.replace(/^#/, '');
}

/** @param {Typed} typed */
function leave({ app, place, rest }) {
  const named = rest === '' ? place : [...app.model.places.values()].find((each) => sameName(each.name, roomOf(rest)));
  if (named) app.leavePlace(named);
  return named ? undefined : false;
}

/** @param {Typed} typed */
function whoAmI({ app }) {
  const { me, account, server } = app.model;
  app.toast(app.words.t(account ? 'youAreAccount' : 'youAreGuest', { name: me, account, server }));
}

/** @param {Typed} typed */
function message({ app, rest }) {
  const [, name, text] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (!name) return false;
  app.openConversation(name).then(() => {
    const here = app.model.here();
    if (text && here?.isPrivate) app.speech.say(here, text);
  });
  return undefined;
}

/** @param {Typed} typed */
function edit({ app, place, rest }) {
  if (rest === '') return app.order.editLast(place) && undefined;
  app.ask({ type: 'edit', ...(place.isPrivate ? { with: place.name } : { room: place.name }), text: rest });
  return undefined;
}

/** @param {Place} place @param {string} rest */
function isNamed(place, rest) {
  return !place.isPrivate && rest !== '' && !/\s/.test(rest);
}

const lengths = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** Asked before it is done, with what was typed filled in. @param {Typed} typed @param {'kick' | 'ban' | 'mute'} what */
function put({ app, place, rest }, what) {
  const [, name, count, unit, why = ''] = /^(\S+)(?:\s+(\d+)([smhdw]))?(?:\s+([\s\S]+))?$/.exec(rest) ?? [];
  if (!name || place.isPrivate) return false;
  if (what !== 'kick') return app.order.ban(place, name, what, Number(count ?? 0) * lengths[/** @type {'s'} */ (unit ?? 's')], why);
  return app.order.kick(place, name, count ? rest.slice(name.length).trim() : why);
}

/** @param {Typed} typed */
function report({ app, place, rest }) {
  const [, seq, text] = /^(\d+\s+)?(\S[\s\S]*)$/.exec(rest) ?? [];
  if (!text || place.isPrivate) return false;
  app.ask({ type: 'report', room: place.name, ...(seq ? { seq: Number(seq) } : {}), text }).then((done) => done && app.toast(app.t('reported')));
  return undefined;
}

/** @param {Typed} typed @param {string} role */
function give({ app, place, rest }, role) {
  const [name] = rest.split(/\s+/);
  if (place.isPrivate || name === '' || !(role === 'none' || role in ranks)) return false;
  app.order.give(place, name, role);
  return undefined;
}

/** @param {Typed} typed */
function topic({ app, place, rest }) {
  if (place.isPrivate) return false;
  if (rest === '') app.open({ kind: 'topic', place });
  else app.ask({ type: 'topic', room: place.name, text: rest });
  return undefined;
}

/** @param {App} app @param {Place} place @param {'all' | 'none'} level */
function setLevel(app, place, level) {
  app.change({ levels: { ...app.settings.levels, [place.key]: level } });
  app.toast(app.words.t(level === 'none' ? 'muted' : 'unmuted', { place: place.name }));
}

/** @param {App} app @param {string} name @param {boolean} isIgnored */
function ignore(app, name, isIgnored) {
  if (name === '') return false;
  const others = app.settings.ignored.filter((each) => !sameName(each, name));
  app.change({ ignored: isIgnored ? [...others, name] : others });
  app.toast(app.words.t(isIgnored ? 'ignoring' : 'ignoringNoMore', { name }));
  return undefined;
}
