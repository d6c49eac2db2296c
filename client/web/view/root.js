// The whole page: outside or inside, what floats above, and the keys that work everywhere.
// Knows the parts, not their insides.

/** @import { App } from '../app/app.js' */
import { AppContext, html, useApp, useEffect } from './html.js';
import { DevicesDialog } from './dialogs/devices.js';
import { DeedDialog, ReportsDialog } from './dialogs/deeds.js';
import { HelpDialog, RegisterDialog } from './dialogs/help.js';
import { RoomsDialog, Switcher, TopicDialog } from './dialogs/places.js';
import { RoomDialog } from './dialogs/room.js';
import { ServerDialog } from './dialogs/server.js';
import { SettingsDialog } from './dialogs/settings.js';
import { Entrance } from './entrance.js';
import { People } from './people.js';
import { Room } from './room.js';
import { Search } from './search.js';
import { Sidebar } from './sidebar.js';
import { Toasts } from './toasts.js';

/** @param {{app: App}} props */
export function Root({ app }) {
  return html`<${AppContext.Provider} value=${app}><${Page} /><//>`;
}

function Page() {
  const app = useApp('session');
  return html`${app.phase === 'inside' || (app.phase === 'entering' && app.model.me !== '') ? html`<${Inside} />` : html`<${Entrance} />`}<${Toasts} />`;
}

function Inside() {
  const app = useApp('ui', 'rooms');
  const place = app.model.here();
  useEffect(() => {
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => onAnyKey(app, event);
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
  const panel = app.panel === 'search' ? html`<${Search} />` : app.panel === 'people' && place && !place.isPrivate ? html`<${People} key=${place.key} place=${place} />` : null;
  return html`<div class=${`inside ${app.showsRooms ? 'shows-rooms' : ''} ${panel ? 'has-panel' : ''}`}>
    <${Sidebar} /><${Room} />${panel}
  </div><${Dialogs} app=${app} />`;
}

/** @param {{app: App}} props */
function Dialogs({ app }) {
  const onClose = () => app.open(null);
  switch (app.dialog?.kind) {
    case 'settings': return html`<${SettingsDialog} app=${app} onClose=${onClose} />`;
    case 'devices': return html`<${DevicesDialog} app=${app} onClose=${onClose} />`;
    case 'help': return html`<${HelpDialog} app=${app} onClose=${onClose} />`;
    case 'register': return html`<${RegisterDialog} app=${app} onClose=${onClose} />`;
    case 'switcher': return html`<${Switcher} app=${app} onClose=${onClose} />`;
    case 'rooms': return html`<${RoomsDialog} app=${app} onClose=${onClose} />`;
    case 'server': return html`<${ServerDialog} app=${app} onClose=${onClose} />`;
    case 'topic': return html`<${TopicDialog} app=${app} place=${app.dialog.place} onClose=${onClose} />`;
    case 'room': return html`<${RoomDialog} app=${app} place=${app.dialog.place} onClose=${onClose} />`;
    case 'deed': return html`<${DeedDialog} key=${app.dialog.title} app=${app} deed=${app.dialog} onClose=${onClose} />`;
    case 'reports': return html`<${ReportsDialog} app=${app} room=${app.dialog.room} onClose=${onClose} />`;
    default: return null;
  }
}

/** @param {App} app @param {KeyboardEvent} event */
function onAnyKey(app, event) {
  const isControl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (isControl && key === 'k' && !event.shiftKey) app.open(app.dialog?.kind === 'switcher' ? null : { kind: 'switcher' });
  else if (isControl && event.shiftKey && key === 'f') app.openPanel('search');
  else if (app.dialog) return;
  else if (event.altKey && !isControl && (key === 'arrowup' || key === 'arrowdown')) step(app, key === 'arrowdown' ? 1 : -1, event.shiftKey);
  else if (key === 'escape' && app.showsRooms) {
    app.showsRooms = false;
    app.signals.tell('ui');
  } else if (key === 'escape' && event.target instanceof Element && event.target.closest('.panel')) {
    app.openPanel('');
    app.signals.tell('focus-composer');
  } else return;
  event.preventDefault();
}

/** To the next place, or the next one that has something unread. @param {App} app @param {number} by @param {boolean} isUnread */
function step(app, by, isUnread) {
  const all = [...app.model.places.values()];
  const places = [...all.filter((place) => !place.isPrivate), ...all.filter((place) => place.isPrivate)];
  const here = places.findIndex((place) => place.key === app.model.current);
  for (let steps = 1; steps <= places.length; steps += 1) {
    const place = places[(here + by * steps + places.length * steps) % places.length];
    if (isUnread && (place.unread() === 0 || app.model.levelOf(place) === 'none')) continue;
    return app.turnTo(place);
  }
}
