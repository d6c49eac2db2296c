// What each event of the wire means for the model.
// Knows no connection and no view.

/** @import { Model } from './model.js' */
/** @import { Message, WireEvent } from '../wire.js' */
/** @import { Place } from './place.js' */
/** @import { Said } from './pages.js' */
import { keyOf, placeKey, sameName } from './names.js';
import { mutedUntil, orderHandlers } from './order.js';
import { rankIn } from './rights.js';

/** @typedef {{model: Model, event: WireEvent, isMissed: boolean, now: number}} Taking */

/** @param {Model} model @param {WireEvent} event @param {boolean} isMissed @param {number} now */
export function takeEvent(model, event, isMissed, now) {
  // What is not known is passed over: that is how the protocol grows.
  handlers[event.type]?.({ model, event, isMissed, now });
}

/** @type {Record<string, (taking: Taking) => void>} */
const handlers = {
  ...orderHandlers,

  welcome({ model, event }) {
    model.me = event.name;
    model.server = event.server;
    model.registration = event.registration ?? '';
    model.guests = event.guests ?? '';
    model.role = event.role ?? '';
    model.motd = event.motd ?? '';
    model.lockdown = null; // it is told of behind this
    model.belongTo(event.account ? event.account_name || event.name : '');
    model.findWords();
    model.signals.tell('session');
  },

  joined(taking) {
    const { model, event } = taking;
    model.numberAnew(event.epoch);
    const isKnown = model.places.has(keyOf(event.room));
    const place = model.placeOf({ room: event.room });
    model.marks.know(place.key, event.read ?? 0);
    if (isKnown && place.isJoined) comeBack(taking, place);
    else enter(taking, place);
    for (const change of event.changes ?? []) model.change(place, change);
    place.isJoined = true;
    place.out = null;
    place.silence = event.muted ? mutedUntil(event.muted) : null;
    place.role = event.role ?? '';
    place.roles.clear();
    place.addRoles(event.roles);
    place.rules = event.rules ?? {};
    model.tellPlace(place.key);
    model.signals.tell(`people:${place.key}`);
  },

  left({ model, event }) {
    model.close(keyOf(event.room));
  },

  message(taking) {
    const { model, event } = taking;
    const message = /** @type {Message} */ (/** @type {unknown} */ (event));
    if (message.room === undefined) return inPrivate(taking, message);
    const place = model.places.get(keyOf(message.room));
    if (place) inRoom(taking, place, message);
  },

  history(taking) {
    const { model, event, isMissed } = taking;
    const place = model.places.get(placeKey(/** @type {any} */ (event)));
    // What was asked for is with whoever has asked.
    if (place && isMissed) for (const message of event.messages) inRoom(taking, place, message);
    for (const change of event.changes ?? []) model.change(place, change);
  },

  presence({ model, event, now }) {
    const place = model.places.get(keyOf(event.room));
    if (!place) return;
    const isShown = model.current === place.key;
    place.count = event.count;
    for (const name of event.joined ?? []) {
      place.members.set(keyOf(name), name);
      if (isShown) place.doorway.arrive(name, model.tellsPresence(place, name, now), now);
    }
    place.addRoles(event.roles);
    for (const { name, reason } of event.left ?? []) {
      const isTold = isShown && model.tellsPresence(place, name, now);
      place.members.delete(keyOf(name));
      place.roles.delete(keyOf(name));
      model.noteTyping(place, name, false, now);
      if (isShown) place.doorway.depart(name, reason, isTold, now);
    }
    model.signals.tell(`people:${place.key}`);
    model.signals.tell('rooms');
  },

  renamed({ model, event, now }) {
    const isOwn = event.old === model.me;
    const here = model.here();
    const isTold = here?.has(event.old) && (isOwn || model.tellsPresence(here, event.old, now));
    renameConversation(model, event.old, event.new);
    for (const place of model.places.values()) {
      if (!place.isPrivate && place.has(event.old)) {
        place.rename(event.old, event.new);
        model.signals.tell(`people:${place.key}`);
      }
    }
    if (isOwn) {
      model.me = event.new;
      model.findWords();
      model.signals.tell('session');
    }
    if (here && isTold) model.addFact(here, isOwn ? 'renamedYou' : 'renamed', { old: event.old, name: event.new }, now);
  },

  topic({ model, event }) {
    const place = model.places.get(keyOf(event.room));
    if (!place) return;
    place.topic = event.text;
    model.addFact(place, event.text ? 'topicSet' : 'topicCleared', { name: event.from, topic: event.text }, Date.parse(event.time));
  },

  members({ model, event }) {
    const place = event.room === undefined ? undefined : model.places.get(keyOf(event.room));
    if (!place) return;
    place.count = event.count;
    for (const name of event.names) place.members.set(keyOf(name), name);
    place.addRoles(event.roles);
    model.tellPlace(place.key);
    if (!event.more) place.hasAllMembers = true;
    model.signals.tell(`people:${place.key}`);
  },

  read({ model, event }) {
    const key = placeKey(event.with === undefined ? { room: event.room } : { with: event.with });
    model.marks.know(key, event.seq);
    const place = model.places.get(key);
    if (!place) return;
    place.readUpTo(event.seq);
    model.tellPlace(key);
  },

  conversations({ model, event }) {
    for (const conversation of event.conversations) model.takeConversation(conversation);
  },

  typing({ model, event, now }) {
    const from = event.room === undefined && event.account ? event.account : event.from;
    if (sameName(event.from, model.me) || model.ignores(from)) return;
    const place = model.places.get(placeKey(event.room === undefined ? { with: from } : { room: event.room }));
    if (place) model.noteTyping(place, from, event.state === 'active', now);
  },

  registered({ model, event }) {
    model.belongTo(event.name);
  },

  logged_out({ model, event }) {
    model.belongTo('');
    if (event.name) model.me = event.name;
    model.findWords();
    model.signals.tell('session');
  },

  name_claimed({ model, event, now }) {
    const here = model.here();
    if (here) model.addFact(here, 'nameClaimed', { name: event.name }, now);
  },
};

/** @param {Taking} taking @param {Place} place */
function enter({ model, event }, place) {
  // What was held before one was put out does not reach up to this.
  if (place.out) place.forgetNumbers();
  place.topic = event.topic;
  place.setMembers(event.members, event.count);
  place.tail.hasBeginning = event.complete && event.history.length === 0;
  const read = event.read ?? 0;
  for (const message of event.history) {
    message.seq ??= 0;
    if (!model.ignores(message.from)) place.add(model.said(message), read === 0 || message.seq <= read);
  }
  if (model.current === '') model.turnTo(place.key);
}

/** @param {Taking} taking @param {Place} place */
function comeBack(taking, place) {
  const { model, event, now } = taking;
  // Judged by the room as it was before the break: only a few may be back yet.
  const told = [...place.members.values()].filter((name) => model.tellsPresence(place, name, now));
  const isWhole = event.members.length >= event.count;
  place.topic = event.topic;
  place.setMembers(event.members, event.count);
  const gone = isWhole ? told.filter((name) => !place.has(name)) : [];
  for (const message of event.history) inRoom(taking, place, message);
  if (event.read) place.readUpTo(event.read);
  if (model.current === place.key) place.doorway.miss(gone, now);
}

/** @param {Taking} taking @param {Place} place @param {Message} message */
function inRoom({ model, isMissed, now }, place, message) {
  if (model.ignores(message.from)) return;
  message.seq ??= 0;
  const said = model.said(message);
  const isCurrent = model.current === place.key;
  const isShown = isCurrent && model.isAttentive && place.past === null;
  // What has come back is durable.
  if (said.isOwn) {
    settlePending(place, message);
    if (!isMissed && place.rules.slow_mode && rankIn(model, place) === 0) place.silence = { code: 'slow_mode', until: now + place.rules.slow_mode };
  }
  if (isCurrent && !isMissed) model.addMoves(place, now, message.from);
  if (!place.add(said, isShown)) return;
  place.letGo(isCurrent && !isShown);
  if (isMissed && !said.isOwn) countMissed(model, place, said);
  if (isShown && !isMissed && !said.isOwn) model.hear(said);
  model.noteTyping(place, message.from, false, now);
  const level = model.levelOf(place);
  const isCall = said.calls.length > 0;
  if (!isMissed && !said.isOwn && (isCall ? level !== 'none' : false)) model.alert(said, place);
  model.tellPlace(place.key);
}

/** @param {Taking} taking @param {Message} message */
function inPrivate({ model, isMissed, now }, message) {
  message.seq ??= 0;
  const said = model.said(message);
  const person = model.personIn(message, said.isOwn);
  if (!said.isOwn && (model.ignores(person) || model.ignores(message.from))) return;
  // A conversation that was begun with the name that an account bears is the account's.
  if (!said.isOwn && person !== message.from && !model.places.has(placeKey({ with: person }))) {
    renameConversation(model, message.from, person);
  }
  const place = model.placeOf({ with: person });
  if (said.isOwn) settlePending(place, message);
  const isShown = model.current === place.key && model.isAttentive && place.past === null;
  const isCounted = message.seq > 0 && message.seq <= place.unheld.last;
  if (!place.add(said, isShown || isCounted)) return;
  model.noteTyping(place, person, false, now);
  if (!said.isOwn && !isMissed && model.levelOf(place) !== 'none') model.alert(said, place);
  if (isShown && !said.isOwn) model.hear(said);
  model.tellPlace(place.key);
}

/** What was missed in the room that is looked at has the unread line, once. @param {Model} model @param {Place} place @param {Said} said */
function countMissed(model, place, said) {
  if (!model.missed) return;
  model.missed.messages += 1;
  if (said.calls.length > 0) model.missed.calls += 1;
  if (!place.isMarked && model.current === place.key) place.line = said.key;
  place.isMarked = true;
}

/** @param {Place} place @param {Message} message */
function settlePending(place, message) {
  if (message.id) place.pending = place.pending.filter((each) => each.id !== message.id);
}

/** A guest goes by another name. A conversation with somebody else who had that name before is closed, so that nothing
 * that is meant for one reaches the other; and one that is kept goes by its account. @param {Model} model @param {string} old @param {string} name */
function renameConversation(model, old, name) {
  const key = placeKey({ with: old });
  const place = model.places.get(key);
  if (!place || place.tail.lastSeq() > 0 || place.unheld.last > 0) return;
  const wasCurrent = model.current === key;
  const to = placeKey({ with: name });
  if (to !== key && model.places.has(to)) model.close(to);
  model.places.delete(key);
  place.name = name;
  place.key = to;
  model.places.set(to, place);
  model.trail = model.trail.map((each) => (each === key ? to : each));
  if (wasCurrent) {
    model.current = to;
    model.moved = { old: key, key: to };
  }
  model.tellPlace(to);
}
