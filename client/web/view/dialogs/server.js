// How the server is, for those who run it: what it tells an admin, and what it measures where it lets itself be asked.
// Knows its answers by their names, and shows whatever they have.

/** @import { App } from '../../app/app.js' */
import { html, useApp, useEffect, useState } from '../html.js';
import { DialogFrame } from './dialog.js';

/** Measures without labels, one a line. */
const measure = /^hubbub_(\w+) (\S+)$/gm;

/** @param {{app: App, onClose: () => void}} props */
export function ServerDialog({ app, onClose }) {
  useApp('session');
  const [rows, setRows] = useState(/** @type {[string, string][]} */ ([]));
  useEffect(() => {
    read(app).then(setRows);
  }, []);
  return html`<${DialogFrame} kind="help" title=${app.t('server')} close=${app.t('close')} onClose=${onClose}>
    <dl>${rows.map(([name, value]) => html`<div key=${name}><dt>${name.replaceAll('_', ' ')}</dt><dd>${value}</dd></div>`)}</dl>
    <div class="buttons"><button type="button" onClick=${() => read(app).then(setRows)}>${app.t('again')}</button></div>
  <//>`;
}

/** @param {App} app @returns {Promise<[string, string][]>} */
async function read(app) {
  const ask = async (/** @type {string} */ path) => fetch(path, { cache: 'no-store' }).catch(() => null);
  const [status, health, ready, metrics] = await Promise.all([app.ask({ type: 'status' }), ask('/health'), ask('/ready'), ask('/metrics')]);
  /** @type {[string, string][]} */
  const rows = Object.entries(status ?? {}).filter(([name]) => name !== 'type' && name !== 'ref').map(([name, value]) => [name, String(value)]);
  for (const [name, answer] of [['health', health], ['ready', ready]]) {
    if (answer instanceof Response && answer.status !== 404) rows.push([String(name), answer.ok ? '✓' : String(answer.status)]);
  }
  if (metrics?.ok) for (const [, name, value] of (await metrics.text()).matchAll(measure)) rows.push([name, value]);
  return rows;
}
