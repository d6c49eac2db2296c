// The place that is looked at: what it is about, what is said, and where one writes.
// Knows the parts, not their insides.

/** @import { App } from '../app/app.js' */
/** @import { Place } from '../model/place.js' */
/** @import { Level } from '../model/model.js' */
import { html, icon, isNarrower, narrow, useApp, useEffect, useState } from './html.js';
import { Composer } from './composer.js';
import { MessageList } from './message_list.js';
import { Text } from './text.js';
import { plain } from '../model/parts.js';
import { short } from './sidebar.js';

export function Room() {
  const app = useApp('rooms', 'ui', 'session', 'settings');
  const place = app.model.here();
  if (!place) return html`<main class="room"><header class="bar"><${MenuButton} app=${app} /></header><div class="nowhere"><h1>${app.t('nowhere')}</h1><button type="button" onClick=${() => app.open({ kind: 'rooms' })}>${app.t('browseRooms')}</button></div></main>`;
  return html`<main class="room">
    <${Bar} app=${app} place=${place} />
    <${LinkBanner} />
    <${ServerBanners} app=${app} />
    ${app.offersNotes && !app.settings.wasOffered && html`<div class="banner offered"><span>${app.t('notifyOffer')}</span><span><button type="button" onClick=${() => app.notifyMe(true)}>${app.t('notifyYes')}</button> <button type="button" class="plain" onClick=${() => app.notifyMe(false)}>${app.t('notifyNo')}</button></span></div>`}
    <${MessageList} key=${place.key} place=${place} />
    <${Typing} place=${place} />
    <${Composer} key=${place.key} place=${place} />
  </main>`;
}

/** @param {{app: App}} props */
function MenuButton({ app }) {
  let calls = 0;
  for (const place of app.model.places.values()) if (place.key !== app.model.current && app.model.levelOf(place) !== 'none') calls += place.calls();
  return html`<button type="button" class="quiet menu" aria-label=${app.t('places')} aria-expanded=${app.showsRooms ? 'true' : 'false'} onClick=${() => { app.showsRooms = true; app.signals.tell('ui'); }}>${icon('menu')}${calls > 0 && html`<span class="badge call">${short(calls)}</span>`}</button>`;
}

/** @param {{app: App, place: Place}} props */
function Bar({ app, place }) {
  const level = app.model.levelOf(place);
  /** @type {Record<Level, Level>} */
  const next = { all: 'calls', calls: 'none', none: 'all' };
  return html`<header class="bar">
    <${MenuButton} app=${app} />
    <h1><span class="hash" aria-hidden="true">${place.isPrivate ? '@' : '#'}</span><bdi>${plain(place.name)}</bdi></h1>
    ${!place.isPrivate && html`<div class="topic" title=${plain(place.topic)}>${place.topic ? html`<${Text} text=${plain(place.topic)} calls=${[]} />` : ''}</div>`}
    <div class="tools">
      ${!place.isPrivate && html`<button type="button" class="quiet wide-only" title=${app.t('changeTopic')} aria-label=${app.t('changeTopic')} onClick=${() => app.open({ kind: 'topic', place })}>${icon('edit')}</button>
        <button type="button" class="quiet wide-only" title=${app.t('aboutRoom')} aria-label=${app.t('aboutRoom')} onClick=${() => app.open({ kind: 'room', place })}>${icon('shield')}</button>`}
      <button type="button" class=${`quiet ${place.isPrivate ? '' : 'wide-only'}`} title=${app.t(`level.${level}`)} aria-label=${app.t('levelOf', { level: app.t(`level.${level}`) })} onClick=${() => {
        app.change({ levels: { ...app.settings.levels, [place.key]: next[level] } });
        app.announce(app.t(`level.${next[level]}`));
      }}>${icon(level === 'none' ? 'mute' : 'bell', level === 'calls' ? 'half' : '')}</button>
      <button type="button" class="quiet" title=${app.t('search')} aria-label=${app.t('search')} aria-pressed=${app.panel === 'search' ? 'true' : 'false'} onClick=${() => app.openPanel(app.panel === 'search' ? '' : 'search')}>${icon('search')}</button>
      ${!place.isPrivate && html`<button type="button" class="quiet people-button" title=${app.t('people')} aria-label=${app.t('peopleCount', { n: place.count })} aria-pressed=${app.panel === 'people' ? 'true' : 'false'} onClick=${() => {
        const isSmall = isNarrower(narrow);
        const panel = app.panel === 'people' && (app.isPanelWanted || !isSmall) ? '' : 'people';
        if (!isSmall) app.change({ showsPeople: panel === 'people' });
        app.openPanel(panel, isSmall);
      }}>${icon('people')}<span>${app.words.formats.number.format(place.count)}</span></button>`}
    </div>
  </header>`;
}

/** What the server's people say to all, and that the server is shut to new people. @param {{app: App}} props */
function ServerBanners({ app }) {
  const { announcement, lockdown } = app.model;
  return html`${announcement && html`<div class="banner offered told" role="status"><span><strong>${plain(announcement.by || app.model.server)}</strong> <${Text} text=${announcement.text} calls=${[]} /></span>
      <button type="button" class="quiet" aria-label=${app.t('close')} onClick=${() => { app.model.announcement = null; app.signals.tell('session'); }}>${icon('close')}</button></div>`}
    ${lockdown && html`<div class="banner shut" role="status"><span>${app.t(`lockdown.${lockdown.level}`)}${lockdown.until ? ` ${app.t('untilTime', { time: app.words.when(lockdown.until) })}` : ''}${lockdown.reason && ` (${plain(lockdown.reason)})`}</span></div>`}`;
}

/** The link is lost, or slow. */
export function LinkBanner() {
  const app = useApp('link', 'session');
  const [, tick] = useState(0);
  const { isUp, isDialling, retryAt, lag, downSince, error } = app.link;
  useEffect(() => {
    if (isUp) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, [isUp]);
  if (isUp) return lag > 0 ? html`<div class="banner slow">${app.t('slow', { n: Math.round(lag / 1000) })}</div>` : null;
  // Most links are back within a moment, and that is nothing to be told of.
  if (downSince === 0 || Date.now() - downSince < 1000) return null;
  const seconds = Math.max(Math.ceil((retryAt - Date.now()) / 1000), 0);
  return html`<div class="banner lost"><span>${!navigator.onLine ? app.t('offline') : error ? app.words.error(error) : app.t('linkLost')} ${isDialling || seconds === 0 ? app.t('connecting') : app.t('nextTry', { n: seconds })}</span>
    <button type="button" disabled=${isDialling} onClick=${() => app.connection?.retryNow()}>${app.t('tryNow')}</button></div>`;
}

/** @param {{place: Place}} props */
function Typing({ place }) {
  const app = useApp(`typing:${place.key}`);
  const names = [...place.typing.values()].map(({ name }) => plain(name));
  const text = names.length === 0 ? '' : names.length > 3 ? app.t('manyTyping')
    : app.t('typing', { names: names.join(', '), n: names.length });
  return html`<div class="typing">${text && html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span>${text}</span>`}</div>`;
}
