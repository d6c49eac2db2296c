// The table of what a person can type with a slash. A new command is a row here, and a line `command.NAME` in
// languages/en.js: help and completion follow from the two.
// Knows the application's deeds, not how they look.

/** @import { App } from './app.js' */
/** @import { Place } from '../model/place.js' */
import { sameName } from '../model/names.js';

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
  { name: 'join', takes: 'ROOM', also: ['j'], completes: 'room', run: ({ app, rest }) => rest !== '' && void app.openRoom(roomOf(rest)) },
  { name: 'leave', takes: '[ROOM]', also: ['part'], completes: 'room', run: leave },
  { name: 'rooms', takes: '', also: ['list'], run: ({ app }) => app.open({ kind: 'rooms' }) },
  { name: 'who', takes: '', also: ['names'], run: ({ app }) => app.openPanel('people') },
  { name: 'whoami', takes: '', run: whoAmI },
  { name: 'msg', takes: 'NAME [TEXT]', also: ['query'], completes: 'name', run: message },
  { name: 'me', takes: 'TEXT', run: ({ app, place, rest }) => rest !== '' && void app.speech.say(place, rest, true) },
  { name: 'topic', takes: '[TEXT]', run: topic },
  { name: 'history', takes: '', run: ({ app, place }) => void app.past.older(place) },
  { name: 'conversations', takes: '', also: ['inbox'], run: ({ app }) => app.open({ kind: 'switcher' }) },
  { name: 'search', takes: '[WORDS]', run: ({ app, rest }) => { app.wanted = rest; app.openPanel('search'); } },
  { name: 'mute', takes: '', run: ({ app, place }) => setLevel(app, place, 'none') },
  { name: 'unmute', takes: '', run: ({ app, place }) => setLevel(app, place, 'all') },
  { name: 'ignore', takes: 'NAME', completes: 'name', run: ({ app, rest }) => ignore(app, rest, true) },
  { name: 'unignore', takes: 'NAME', completes: 'name', run: ({ app, rest }) => ignore(app, rest, false) },
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
