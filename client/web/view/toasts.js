// What is told in passing, and the place where a screen reader hears of it.
// Knows nothing of what is told.

import { html, icon, useApp } from './html.js';

/** In the page, and in a dialog that is open: nothing outside of that can be pressed or is read aloud. */
export function Toasts() {
  const app = useApp('toast');
  return html`<div class="toasts">${app.toasts.map(({ id, text, kind, offer }) => html`<div key=${id} class=${`toast ${kind}`}><span>${text}</span>${offer && html`<button type="button" class="small" onClick=${() => { app.dismiss(id); offer.run(); }}>${offer.label}</button>`}<button type="button" class="quiet" aria-label=${app.t('close')} onClick=${() => app.dismiss(id)}>${icon('close')}</button></div>`)}</div>
    <div class="unseen" role="status">${app.status}</div>`;
}
