// How the server is, for those who run it: what it tells an admin, and what it measures where it lets itself be asked.
// Knows its answers by their names, and shows whatever they have.

/** @import { App } from '../../app/app.js' */
import { html, onForm, useApp, useEffect, useState } from '../html.js';
import { DialogFrame } from './dialog.js';
import { AuditList, Invitations, SpanChoice } from './lists.js';

/** Measures without labels, one a line. */
const measure = /^hubbub_(\w+) (\S+)$/gm;

/** @param {{app: App, onClose: () => void}} props */
export function ServerDialog({ app, onClose }) {
  useApp('session');
  const [rows, setRows] = useState(/** @type {[string, string][]} */ ([]));
  useEffect(() => {
    read(app).then(setRows);
  }, []);
  const announce = onForm(async (field, form) => {
    if (await app.ask({ type: 'announce', text: field('text') })) form.reset();
  });
  const lock = onForm((field) => app.ask({ type: 'lockdown', level: Number(field('level')), ...(Number(field('for')) ? { for: Number(field('for')) } : {}), ...(field('reason') ? { reason: field('reason') } : {}) }));
  const about = onForm((field) => app.order[field('deed') === 'suspend' ? 'suspend' : 'disconnect'](field('name')));
  const isAdmin = app.model.role === 'admin';
  return html`<${DialogFrame} kind="help" title=${app.t('server')} close=${app.t('close')} onClose=${onClose}>
    ${app.model.role && html`<section>
      <form class="inline" onSubmit=${announce}><label class="field"><span>${app.t('announce')}</span><input name="text" required dir="auto" autocomplete="off" /></label><button type="submit">${app.t('send')}</button></form>
      <form class="inline" onSubmit=${lock}>
        <label class="field"><span>${app.t('lockdown')}</span><select name="level">${[0, 1, 2].map((level) => html`<option value=${level} selected=${level === (app.model.lockdown?.level ?? 0)}>${app.t(`lockdown.${level}`)}</option>`)}</select></label>
        <${SpanChoice} app=${app} spans=${[0, 600_000, 3_600_000, 86_400_000]} />
        <label class="field"><span>${app.t('reason')}</span><input name="reason" dir="auto" autocomplete="off" /></label><button type="submit">${app.t('change')}</button></form>
      <form class="inline" onSubmit=${about}><label class="field"><span>${app.t('nameOrAccount')}</span><input name="name" required dir="auto" autocomplete="off" /></label>
        <label class="field"><span class="unseen">${app.t('role')}</span><select name="deed">${['disconnect', 'suspend'].map((each) => html`<option value=${each}>${app.t(each)}</option>`)}</select></label><button type="submit">${app.t('go')}</button></form>
      <div class="buttons"><button type="button" onClick=${() => app.open({ kind: 'reports' })}>${app.t('reports')}</button></div>
      ${isAdmin && html`<${Invitations} app=${app} /><${AuditList} app=${app} />`}
    </section>`}
    <dl>${rows.map(([name, value]) => html`<div key=${name}><dt>${name.replaceAll('_', ' ')}</dt><dd>${value}</dd></div>`)}</dl>
    <div class="buttons"><button type="button" onClick=${() => read(app).then(setRows)}>${app.t('again')}</button></div>
  <//>`;
}

/** @param {App} app @returns {Promise<[string, string][]>} */
async function read(app) {
  const ask = async (/** @type {string} */ path) => fetch(path, { cache: 'no-store' }).catch(() => null);
  const [status, health, ready, metrics] = await Promise.all([app.model.role === 'admin' ? app.ask({ type: 'status' }) : null, ask('/health'), ask('/ready'), ask('/metrics')]);
  /** @type {[string, string][]} */
  const rows = Object.entries(status ?? {}).filter(([name]) => name !== 'type' && name !== 'ref').map(([name, value]) => [name, String(value)]);
  for (const [name, answer] of [['health', health], ['ready', ready]]) {
    if (answer instanceof Response && answer.status !== 404) rows.push([String(name), answer.ok ? '✓' : String(answer.status)]);
  }
  if (metrics?.ok) for (const [, name, value] of (await metrics.text()).matchAll(measure)) rows.push([name, value]);
  return rows;
}
