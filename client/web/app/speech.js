// What the reader says: on its way, refused, said again; commands; and that somebody types.
// Knows the composer by what it hands over, and nothing of how it looks.

/** @import { App } from './app.js' */
/** @import { WireEvent } from '../wire.js' */
/** @import { Place, Pending } from '../model/place.js' */
import { runCommand } from './commands.js';
import { whyNotSpeak } from '../model/rights.js';

/** As often as the server passes it on, milliseconds. */
const typingPause = 3000;
/** Refusals of what may be said later, or otherwise: the text is given back. */
const laterCodes = new Set(['moderated', 'muted', 'slow_mode', 'login_required', 'not_joined']);

export class Speech {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.typing = { key: '', isActive: false, at: 0 };
    /** Texts that are given back, by key of the place, until the composer has taken them. @type {Map<string, string[]>} */
    this.returned = new Map();
  }

  /** @param {Place} place @param {string} text as typed @returns {string} what stays in the composer; empty: all was taken */
  typed(place, text) {
    const command = runCommand(this.app, place, text);
    if (command === 'done') return '';
    if (command !== null) {
      this.app.toast(command.why, 'error');
      return text;
    }
    return this.say(place, text.startsWith('//') ? text.slice(1) : text) ? '' : text;
  }

  /** @param {Place} place @param {string} text @param {boolean} [isAction] @returns {boolean} it is on its way */
  say(place, text, isAction = false) {
    const connection = this.app.connection;
    if (!connection) return false;
    const id = connection.session.nextTag();
    const request = place.isPrivate ? { type: 'tell', to: place.name, text, id }
      : { type: 'say', room: place.name, text, id, ...(isAction ? { action: true } : {}) };
    const outcome = connection.send(request);
    if (outcome !== 'queued') {
      this.app.toast(this.app.words.t(outcome === 'full' ? 'outboxFull' : 'tooLongForLine'), 'error');
      return false;
    }
    place.pending = [...place.pending, { id, text, isAction, time: Date.now(), state: 'sent' }];
    place.past = null;
    place.said += 1;
    // Who answers has read what is above.
    if (this.app.link.isUp && place.unread() === 0) place.line = '';
    this.typing = { key: '', isActive: false, at: 0 };
    this.app.model.tellPlace(place.key);
    return true;
  }

  /** @param {WireEvent} error */
  refused(error) {
    for (const place of this.app.model.places.values()) {
      const pending = place.pending.find((each) => each.id === error.id && error.id !== undefined);
      if (!pending) continue;
      this.app.announce(this.app.words.error(/** @type {any} */ (error)));
      if (laterCodes.has(error.code)) return this.notNow(place, pending, error);
      place.pending = place.pending.map((each) => (each === pending
        ? { ...each, state: 'refused', error: { code: error.code, text: error.text } } : each));
      return this.app.model.tellPlace(place.key);
    }
    this.app.toast(this.app.words.error(/** @type {any} */ (error)), 'error');
  }

  /** @param {Place} place @param {Pending} pending @param {WireEvent} error */
  notNow(place, pending, error) {
    const now = Date.now();
    this.mend(place, pending);
    if (error.code === 'muted' || error.code === 'slow_mode') {
      const until = error.retry_after ? now + error.retry_after : error.code === 'muted' ? 0 : now + 1000;
      place.silence = { code: error.code, until };
      return this.app.model.tellPlace(place.key);
    }
    // A rule that was not told of is asked for.
    if (!place.isPrivate && !whyNotSpeak(this.app.model, place, now)) this.app.connection?.ask({ type: 'room', room: place.name }).catch(() => null);
    this.app.toast(this.app.words.error(/** @type {any} */ (error)), 'error');
  }

  /** @param {Place} place @param {Pending} pending */
  forget(place, pending) {
    place.pending = place.pending.filter((each) => each !== pending);
    this.app.model.tellPlace(place.key);
  }

  /** @param {Place} place @param {Pending} pending */
  again(place, pending) {
    this.forget(place, pending);
    this.say(place, pending.text, pending.isAction);
  }

  /** @param {Place} place @param {Pending} pending */
  mend(place, pending) {
    this.forget(place, pending);
    this.giveBack(place, pending.isAction ? `/me ${pending.text}` : pending.text);
  }

  /** Puts a text into the composer, before what is there. @param {Place} place @param {string} text */
  giveBack(place, text) {
    this.returned.set(place.key, [...this.returned.get(place.key) ?? [], text]);
    this.app.signals.tell('composer');
  }

  /** What was given back there, which the composer has from now on. @param {string} key of the place @param {string} text that
   * is there @returns {string | null} both; null: nothing was */
  takeBack(key, text) {
    const given = this.returned.get(key)?.join('\n');
    if (given === undefined) return null;
    this.returned.delete(key);
    return text === '' || /\s$/.test(given) ? given + text : `${given}\n${text}`;
  }

  /** @param {Place} place @param {boolean} isActive */
  tellTyping(place, isActive) {
    const now = Date.now();
    const last = this.typing;
    if (isActive && last.isActive && last.key === place.key && now - last.at < typingPause) return;
    if (!isActive && !last.isActive) return;
    this.typing = { key: place.key, isActive, at: now };
    // One who is no account cannot be typed to without somebody there.
    const where = place.isPrivate ? { with: place.name } : { room: place.name };
    this.app.connection?.mention({ type: 'typing', ...where, state: isActive ? 'active' : 'done' });
  }
}
