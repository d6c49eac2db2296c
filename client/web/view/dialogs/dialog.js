// A dialog: what is around it, and how it is closed. The browser keeps the focus in it and gives it back.
// Knows nothing of what is asked.

import { html, icon, useEffect, useRef } from '../html.js';
import { Toasts } from '../toasts.js';

/** @param {{title: string, kind?: string, close: string, onClose: () => void, children?: any}} props */
export function DialogFrame({ title, kind = '', close, onClose, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const element = /** @type {HTMLDialogElement} */ (dialog.current);
    const before = document.activeElement;
    element.showModal();
    const first = element.querySelector('[autofocus]') ?? element.querySelector('h2');
    if (first instanceof HTMLElement) first.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const onClick = (/** @type {MouseEvent} */ event) => {
    if (event.target === dialog.current) onClose();
  };
  return html`<dialog ref=${dialog} class=${`dialog ${kind && `dialog-${kind}`}`} aria-labelledby="dialog-title" onClick=${onClick}
    onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); onClose(); }}>
    <div class="dialog-body">
      <header><h2 id="dialog-title" tabindex="-1">${title}</h2><button type="button" class="quiet" aria-label=${close} onClick=${onClose}>${icon('close')}</button></header>
      ${children}
    </div>
    <${Toasts} />
  </dialog>`;
}
