// Why one may not write just now, until when, and what can be done about it.
// Knows reasons by their codes; which one holds is the model's to say.

/** @import { App } from '../app/app.js' */
/** @import { Place } from '../model/place.js' */
/** @import { Silence } from '../model/rights.js' */
import { html, useApp, useEffect, useState } from './html.js';
import { whyNotSpeak } from '../model/rights.js';

/** Drawn anew with what changes it, and each second of a wait. @param {App} app @param {Place} place @returns {Silence | null} */
export function useSilence(app, place) {
  useApp(`place:${place.key}`);
  const [, tick] = useState(0);
  const now = Date.now();
  const silence = whyNotSpeak(app.model, place, now);
  const isTimed = Boolean(silence && silence.until > now);
  useEffect(() => {
    if (!isTimed) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 500);
    return () => clearInterval(timer);
  }, [isTimed, place.key]);
  return silence;
}

/** What to do about each. @type {Record<string, 'joinRoom' | 'logIn' | 'again'>} */
const ways = { kicked_here: 'joinRoom', closed_here: 'joinRoom', login_required: 'logIn', guests_read: 'logIn', lockdown: 'logIn', muted: 'again' };

/** @param {{app: App, place: Place, silence: Silence}} props */
export function Silent({ app, place, silence }) {
  const { code, until, text = '' } = silence;
  const by = place.out?.by ?? '';
  const wait = Math.max(until - Date.now(), 0);
  const way = ways[code];
  const run = () => {
    if (way === 'joinRoom') return void app.openRoom(place.name);
    if (way === 'logIn') return app.leave({ code: 'log_in', text: '' });
    place.silence = null;
    app.model.tellPlace(place.key);
  };
  const told = code === 'slow_mode' ? app.t('silent.slow_mode', { n: Math.ceil(wait / 1000) })
    : `${app.t(`silent.${code}`, { place: place.name, name: by })}${until > 0 ? ` ${app.t('untilTime', { time: app.words.when(until) })}` : ''}${text && ` (${text})`}`;
  return html`<div class="offer" id="silence"><span>${told}</span>${way && html`<button type="button" class="plain" onClick=${run}>${app.t(way)}</button>`}</div>`;
}
