// What events mean that are about rooms people run: rules, roles, who is put out, changes of messages, and order on the server.
// Knows no connection and no view.

/** @import { Taking } from './events.js' */
/** @import { Model } from './model.js' */
/** @import { Change, WireEvent } from '../wire.js' */
import { keyOf, placeKey, sameName } from './names.js';

/** @param {Model} model @param {WireEvent} event */
function placeOf(model, event) {
  return model.places.get(event.with === undefined ? keyOf(event.room ?? '') : placeKey({ with: event.with }));
}

/** @param {Taking} taking */
function change({ model, event }) {
  model.change(placeOf(model, event), /** @type {Change} */ (/** @type {unknown} */ (event)));
}

/** @param {any} mute of `joined`, or a `banned` */
export function mutedUntil({ id, until, reason }) {
  return { code: 'muted', until: until ? Date.parse(until) : 0, text: reason, id };
}

/** One is not in the room any more, and does not come back by oneself. @param {Taking} taking @param {string} code */
function putOut({ model, event }, code) {
  const place = placeOf(model, event);
  if (!place) return;
  place.isJoined = false;
  place.out = { code, until: 0, text: event.reason, by: event.by };
  place.members.clear();
  place.roles.clear();
  place.role = '';
  place.count = 0;
  model.tellPlace(place.key);
  model.signals.tell(`people:${place.key}`);
}

/** @type {Record<string, (taking: Taking) => void>} */
export const orderHandlers = {
  edited: change,
  deleted: change,

  room({ model, event }) {
    const place = placeOf(model, event);
    if (!place) return;
    const { type, ref, room, created, owner, topic, topic_by: setter, topic_time: time, role, keyed, by, ...rules } = event;
    // Whoever is told of a change is not told what he is himself.
    if (by === undefined) place.role = role ?? '';
    // What is no rule is told so.
    place.rules = rules;
    if (by) model.addFact(place, 'ruled', { name: by }, Date.now());
    model.tellPlace(place.key);
  },

  role({ model, event, now }) {
    const place = placeOf(model, event);
    if (!place) return;
    place.setRole(event.name, event.role);
    if (sameName(event.name, model.me)) place.role = event.role === 'none' ? '' : event.role;
    model.addFact(place, `role.${event.role}`, { name: event.name, by: event.by ?? model.server }, now);
    model.signals.tell(`people:${place.key}`);
  },

  kicked(taking) {
    const { model, event, now } = taking;
    if (event.you || sameName(event.name, model.me)) return putOut(taking, 'kicked_here');
    const place = placeOf(model, event);
    if (place) model.addFact(place, 'kicked', { name: event.name, by: event.by, reason: event.reason ?? '' }, now);
  },

  closed(taking) {
    putOut(taking, 'closed_here');
  },

  banned({ model, event }) {
    const place = placeOf(model, event);
    const isMine = event.matches?.some((/** @type {string} */ name) => sameName(name, model.me)) || (model.account && event.mask === `account:${model.account}`);
    if (event.action !== 'mute' || !isMine) return;
    for (const each of event.room === undefined ? model.places.values() : [place]) {
      if (!each) continue;
      each.silence = mutedUntil(event);
      model.tellPlace(each.key);
    }
  },

  unbanned({ model, event }) {
    for (const place of event.room === undefined ? model.places.values() : [placeOf(model, event)]) {
      if (place?.silence?.code !== 'muted' || (place.silence.id ?? event.id) !== event.id) continue;
      place.silence = null;
      model.tellPlace(place.key);
    }
  },

  announcement({ model, event }) {
    model.announcement = /** @type {any} */ (event);
    model.signals.tell('session');
  },

  lockdown({ model, event }) {
    model.lockdown = event.level > 0 ? event : null;
    model.signals.tell('session');
  },
};
