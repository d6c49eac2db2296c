// A message whose text is being changed, in its own place.
// Knows keys, and hands over the text; what may be changed is not its matter.

/** @import { App } from '../app/app.js' */
/** @import { Place } from '../model/place.js' */
/** @import { Said } from '../model/pages.js' */
import { html, useEffect, useRef, useState, valueOf } from './html.js';
import { grow } from './composer.js';

/** @param {{app: App, place: Place, said: Said}} props */
export function Editor({ app, place, said }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const editing = /** @type {NonNullable<App['order']['editing']>} */ (app.order.editing);
  const [text, setText] = useState(editing.text);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(editing.text.length, editing.text.length);
    area.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  useEffect(() => grow(area.current), [text]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') app.order.stopEditing();
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) app.order.saveEdit(place, said);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="editor"><textarea ref=${area} rows="1" value=${text} dir="auto" autocomplete="off" aria-label=${app.t('editMessage')} onKeyDown=${onKeyDown}
      onInput=${(/** @type {Event} */ event) => { editing.text = valueOf(event); setText(editing.text); }}></textarea>
    <button type="button" class="small" onClick=${() => app.order.saveEdit(place, said)}>${app.t('save')}</button>
    <button type="button" class="small" onClick=${() => app.order.stopEditing()}>${app.t('cancel')}</button></div>`;
}
