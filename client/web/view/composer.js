// Where one writes: a text that grows, what it may be completed to, and when Enter sends it.
// Knows what keys mean, and hands over what was typed.

/** @import { Place } from '../model/place.js' */
/** @import { Completion } from '../app/completing.js' */
import { html, icon, useApp, useEffect, useLayoutEffect, useRef, useState } from './html.js';
import { complete } from '../app/completing.js';
import { withEmoji } from '../app/emoji.js';
import { loadDraft, saveDraft } from '../app/settings.js';
import { splitText } from '../model/splitting.js';
import { bytesOf } from '../wire.js';
import { Silent, useSilence } from './silence.js';

/** Near the limit it is told how much is left. */
const nearLimit = 400;
/** One who does not type for so long has paused. */
const pausedMs = 5000;
/** @param {{place: Place}} props */
export function Composer({ place }) {
  const app = useApp('composer', 'link', 'session');
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [text, setText] = useState(() => loadDraft(place.key));
  const [completion, setCompletion] = useState(/** @type {(Completion & {chosen: number}) | null} */ (null));
  const [offersSplit, setOffersSplit] = useState(false);
  const isComposing = useRef(false);
  const pause = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const limit = app.connection?.session.limits.text ?? 4096;
  const left = limit - bytesOf(text);
  const silence = useSilence(app, place);
  // In slow mode one writes on, and sends it when it is time.
  const isClosed = silence !== null && silence.code !== 'slow_mode';

  const write = (/** @type {string} */ next, /** @type {number | null} */ cursor = null) => {
    setText(next);
    saveDraft(place.key, next);
    setOffersSplit(false);
    if (cursor !== null) requestAnimationFrame(() => area.current?.setSelectionRange(cursor, cursor));
  };

  // What was refused, or is answered, is put before what is there.
  useEffect(() => {
    const next = app.speech.takeBack(place.key, text);
    if (next === null) return;
    write(next, next.length);
    area.current?.focus();
  });
  useEffect(() => app.signals.on(['focus-composer'], () => area.current?.focus()), []);
  // On a phone the keyboard is not to cover the room that one has just come to.
  useEffect(() => {
    if (!isTouch()) area.current?.focus();
  }, [place.key]);
  useLayoutEffect(() => grow(area.current), [text]);

  const send = (/** @type {string} */ typed) => {
    setCompletion(null);
    if (typed.trim() === '' || isClosed || (silence && !/^\s*[/／]\p{L}/u.test(typed))) return;
    if (bytesOf(typed) > limit) return setOffersSplit(true);
    const rest = app.speech.typed(place, withEmoji(typed));
    write(rest);
  };
  const sendPieces = () => {
    for (const piece of splitText(text, limit)) if (!app.speech.say(place, piece)) return;
    write('');
    area.current?.focus();
  };
  const onInput = (/** @type {Event} */ event) => {
    const { value, selectionStart } = /** @type {HTMLTextAreaElement} */ (event.target);
    write(value);
    const found = isComposing.current ? null : complete(app, value, selectionStart, false);
    setCompletion(found && { ...found, chosen: 0 });
    const isSaid = value.trim() !== '' && !/^\s*[/／]/.test(value);
    app.speech.tellTyping(place, isSaid);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => app.speech.tellTyping(place, false), pausedMs);
  };
  const accept = (/** @type {Completion} */ { from, to, items }, /** @type {number} */ chosen) => {
    const next = text.slice(0, from) + items[chosen].text + text.slice(to);
    setCompletion(null);
    write(next, from + items[chosen].text.length);
    area.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    // Safari ends the composition before it tells of the Enter that has ended it, with this code.
    if (event.isComposing || isComposing.current || event.keyCode === 229) return;
    if (completion && onCompletionKey(event, completion)) return event.preventDefault();
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !isTouch()) {
      event.preventDefault();
      send(text);
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send(text);
    } else if (event.key === 'Tab' && !event.shiftKey && !event.ctrlKey && !event.altKey) {
      const found = complete(app, text, area.current?.selectionStart ?? 0, true);
      // Where there is nothing to complete Tab goes on, as everywhere.
      if (!found) return;
      event.preventDefault();
      if (found.items.length === 1) accept(found, 0);
      else setCompletion({ ...found, chosen: 0 });
    } else if (event.key === 'Escape') {
      app.past.toNow(place);
    } else if (event.key === 'ArrowUp' && text === '' && app.order.editLast(place)) {
      event.preventDefault();
    }
  };
  /** @param {KeyboardEvent} event @param {Completion & {chosen: number}} open */
  const onCompletionKey = (event, open) => {
    const { length } = open.items;
    const step = { ArrowDown: 1, ArrowUp: length - 1 }[event.key];
    if (step !== undefined) setCompletion({ ...open, chosen: (open.chosen + step) % length });
    else if (event.key === 'Escape') setCompletion(null);
    else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) {
      // Enter behind a whole command, or a whole name, is to send it.
      const whole = text.slice(open.from, open.to) === open.items[open.chosen].text.trim();
      if (event.key === 'Enter' && whole) return false;
      accept(open, open.chosen);
    } else return false;
    return true;
  };

  const label = app.t(place.isPrivate ? 'writeTo' : 'writeIn', { place: place.name });
  return html`<form class=${`composer ${isClosed ? 'silent' : ''}`} onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); send(text); }}>
    ${completion && html`<ul class="completion" role="listbox" id="completion" aria-label=${app.t('suggestions')}>${completion.items.map((item, at) => html`
      <li role="option" id=${`completion-${at}`} aria-selected=${at === completion.chosen ? 'true' : 'false'}
        onPointerDown=${(/** @type {Event} */ event) => { event.preventDefault(); accept(completion, at); }}><bdi>${item.shown}</bdi><span>${item.hint}</span></li>`)}</ul>`}
    ${offersSplit && html`<div class="offer" role="alert"><span>${app.t('tooLong', { n: -left })}</span>
      <button type="button" onClick=${sendPieces}>${app.t('sendPieces', { n: splitText(text, limit).length })}</button>
      <button type="button" class="plain" onClick=${() => setOffersSplit(false)}>${app.t('cancel')}</button></div>`}
    ${silence && html`<${Silent} app=${app} place=${place} silence=${silence} />`}
    <div class="writing">
      <textarea ref=${area} readonly=${isClosed} aria-describedby=${silence ? 'silence' : undefined} rows="1" value=${text} placeholder=${label} aria-label=${label} dir="auto" autocomplete="off"
        enterkeyhint=${isTouch() ? 'enter' : 'send'} aria-autocomplete="list" aria-controls=${completion ? 'completion' : undefined}
        aria-activedescendant=${completion ? `completion-${completion.chosen}` : undefined}
        onInput=${onInput} onKeyDown=${onKeyDown} onBlur=${() => setCompletion(null)}
        onCompositionStart=${() => { isComposing.current = true; }}
        onCompositionEnd=${() => { isComposing.current = false; }}></textarea>
      ${left < nearLimit && html`<span class=${`left ${left < 0 ? 'over' : ''}`}>${left}</span>`}
      <button type="submit" class="send" title=${app.t('send')} aria-label=${app.t('send')} disabled=${text.trim() === '' || silence !== null}>${icon('send')}</button>
    </div>
  </form>`;
}

/** Whether Enter is a key of the screen's, and so breaks the line. */
function isTouch() {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}

/** @param {HTMLTextAreaElement | null} area */
export function grow(area) {
  if (!area) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}
