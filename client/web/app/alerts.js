// What tells of the chat while one looks elsewhere: title, badge, icon, notifications; and the service worker behind them.
// Knows the browser's ways to tell, and asks the model what there is.

/** @import { App } from './app.js' */
/** @import { Place } from '../model/place.js' */
/** @import { Said } from '../model/pages.js' */
import { hashOf } from './route.js';
import { plain } from '../model/parts.js';

/** The page's only policy of Trusted Types passes the one script that is loaded by its address. */
function workerUrl() {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  const policy = types?.createPolicy('hubbub', {
    createScriptURL(/** @type {string} */ address) {
      if (address !== '/sw.js') throw new TypeError('not that script');
      return address;
    },
  });
  return policy ? policy.createScriptURL('/sw.js') : '/sw.js';
}

export class Alerts {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {ServiceWorkerRegistration | null} */
    this.worker = null;
    /** Those that the page itself has made. @type {Map<string, Notification>} */
    this.shown = new Map();
    app.onAlert = (said, place) => this.alert(said, place);
    app.signals.on(['rooms', 'session'], () => this.update());
  }

  async start() {
    this.update();
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.addEventListener('message', ({ data }) => {
      if (typeof data?.open === 'string' && data.open.startsWith('#/')) location.hash = data.open;
    });
    try {
      await navigator.serviceWorker.register(workerUrl());
      this.worker = await navigator.serviceWorker.ready;
    } catch {
      // Without one the page works all the same.
    }
  }

  update() {
    const { model, phase } = this.app;
    const calls = phase === 'inside' ? model.callCount() : 0;
    const here = model.here();
    const name = phase === 'inside' && here ? `${here.isPrivate ? '@' : '#'}${plain(here.name)} · ${model.server || 'Hubbub'}` : 'Hubbub';
    document.title = calls > 0 ? `(${calls}) ${name}` : model.hasUnread() && phase === 'inside' ? `• ${name}` : name;
    const badge = /** @type {any} */ (navigator);
    if (calls > 0) badge.setAppBadge?.(calls).catch(() => undefined);
    else badge.clearAppBadge?.().catch(() => undefined);
    const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
    const wanted = icon?.dataset[calls > 0 ? 'calls' : 'calm'];
    if (icon && wanted && icon.getAttribute('href') !== wanted) icon.href = wanted;
    this.closeRead();
  }

  /** @param {Said} said @param {Place} place */
  alert(said, place) {
    const { app } = this;
    if (!app.settings.wasOffered && typeof Notification !== 'undefined' && Notification.permission === 'default') {
      app.offersNotes = true;
      app.signals.tell('ui');
    }
    if (!app.settings.notify || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    if (document.visibilityState === 'visible' && document.hasFocus()) return;
    const title = place.isPrivate ? plain(said.message.from) : `${plain(said.message.from)} · #${plain(place.name)}`;
    const options = {
      body: plain(said.message.text).slice(0, 200), tag: place.key, lang: app.words.code,
      icon: /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="apple-touch-icon"]'))?.href,
      data: { open: hashOf(place, said.seq) },
    };
    if (this.worker) {
      this.worker.showNotification(title, options).catch(() => undefined);
      return;
    }
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      location.hash = options.data.open;
      notification.close();
    };
    this.shown.set(place.key, notification);
  }

  /** What was read, here or elsewhere, needs no telling any more. */
  async closeRead() {
    const isRead = (/** @type {string} */ key) => !(this.app.model.places.get(key)?.calls());
    for (const [key, notification] of this.shown) {
      if (!isRead(key)) continue;
      notification.close();
      this.shown.delete(key);
    }
    for (const notification of await this.worker?.getNotifications().catch(() => []) ?? []) {
      if (isRead(notification.tag)) notification.close();
    }
  }
}
