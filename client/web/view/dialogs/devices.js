// The devices that can log in by themselves, and how to end that.
// Knows the list as the server tells it.

/** @import { App } from '../../app/app.js' */
import { html, useApp, useEffect, useState } from '../html.js';
import { DialogFrame } from './dialog.js';

/** @typedef {{id: number, label: string, created: string, used: string, here?: boolean}} Device */

/** @param {{app: App, onClose: () => void}} props */
export function DevicesDialog({ app, onClose }) {
  useApp('session');
  const [devices, setDevices] = useState(/** @type {Device[] | null} */ (null));
  const read = async () => {
    const answer = await app.ask({ type: 'devices' });
    if (answer) setDevices(answer.devices);
  };
  useEffect(() => {
    read();
  }, []);
  const revoke = async (/** @type {object} */ which) => {
    if (await app.ask({ type: 'revoke', ...which })) read();
  };
  return html`<${DialogFrame} title=${app.t('devices')} close=${app.t('close')} onClose=${onClose}>
    <p class="hint">${app.t('devicesHint')}</p>
    <ul class="devices">${devices?.map((device) => html`<li key=${device.id}>
      <span><bdi class="label">${device.label || app.t('unnamedDevice')}</bdi>${device.here && html` <span class="tag">${app.t('thisDevice')}</span>`}
      <small>${app.t('lastUsed', { time: app.words.formats.short.format(Date.parse(device.used)) })}</small></span>
      ${!device.here && html`<button type="button" onClick=${() => revoke({ id: device.id })}>${app.t('revoke')}</button>`}</li>`)}</ul>
    <div class="buttons">
      ${devices && devices.length > 1 && html`<button type="button" onClick=${() => revoke({ others: true })}>${app.t('revokeOthers')}</button>`}
      <button type="button" onClick=${async () => { await app.ask({ type: 'revoke', others: true }); app.logOut(); }}>${app.t('logOutEverywhere')}</button>
      <button type="button" onClick=${() => app.logOut()}>${app.t('logOut')}</button>
    </div>
  <//>`;
}
