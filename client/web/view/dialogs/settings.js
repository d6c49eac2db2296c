// Settings of this device, and of the account.
// Knows their names and values; what they do is done where they are read.

/** @import { App } from '../../app/app.js' */
/** @import { Settings } from '../../app/settings.js' */
import { html, useApp, useState } from '../html.js';
import { DialogFrame } from './dialog.js';
import { languageNames } from '../../languages/translator.js';

/** @param {{app: App, onClose: () => void}} props */
export function SettingsDialog({ app, onClose }) {
  useApp('settings', 'session');
  const { settings } = app;
  const [words, setWords] = useState(settings.highlight.join(', '));
  const [permission, setPermission] = useState(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
  const value = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
  const notify = async (/** @type {boolean} */ wants) => {
    await app.notifyMe(wants);
    setPermission(Notification.permission);
  };
  const choose = (/** @type {string} */ key, /** @type {string} */ chosen, /** @type {[string, string][]} */ options, /** @type {(value: string) => void} */ change) => html`
    <label class="field choice"><span>${app.t(key)}</span><select value=${chosen} onChange=${(/** @type {Event} */ event) => change(value(event))}>${options.map(([code, name]) => html`<option value=${code} selected=${code === chosen}>${name}</option>`)}</select></label>`;
  const check = (/** @type {string} */ key, /** @type {boolean} */ isOn, /** @type {(isOn: boolean) => void} */ change, isDisabled = false) => html`
    <label class="check"><input type="checkbox" checked=${isOn} disabled=${isDisabled} onChange=${(/** @type {Event} */ event) => change(/** @type {HTMLInputElement} */ (event.target).checked)} /><span>${app.t(key)}</span></label>`;
  return html`<${DialogFrame} title=${app.t('settings')} close=${app.t('close')} onClose=${onClose}>
    <section>
      <h3>${app.t('looks')}</h3>
      ${choose('language', settings.language, [['auto', app.t('asBrowser')], ...languageNames.map(({ code, name }) => /** @type {[string, string]} */ ([code, name]))], (language) => app.change({ language }))}
      ${choose('theme', settings.theme, [['auto', app.t('asSystem')], ['light', app.t('light')], ['dark', app.t('dark')]], (theme) => app.change({ theme: /** @type {Settings['theme']} */ (theme) }))}
      ${check('nameColours', settings.colours, (colours) => app.change({ colours }))}
    </section>
    <section>
      <h3>${app.t('telling')}</h3>
      ${check('notifyMe', settings.notify && permission === 'granted', notify, permission === 'denied')}
      ${permission === 'denied' && html`<p class="hint">${app.t('notifyDenied')}</p>`}
      ${choose('presenceTold', settings.presence, [['smart', app.t('presence.smart')], ['all', app.t('presence.all')], ['none', app.t('presence.none')]], (presence) => app.change({ presence: /** @type {Settings['presence']} */ (presence) }))}
      <label class="field"><span>${app.t('highlightWords')}</span><input value=${words} dir="auto" onInput=${(/** @type {Event} */ event) => setWords(value(event))} onChange=${() => app.change({ highlight: words.split(/[,，、]/).map((word) => word.trim()).filter((word) => word !== '') })} /></label>
    </section>
    ${settings.ignored.length > 0 && html`<section><h3>${app.t('ignored')}</h3><ul class="chips">${settings.ignored.map((name) => html`<li><bdi>${name}</bdi><button type="button" class="small" onClick=${() => app.change({ ignored: settings.ignored.filter((each) => each !== name) })}>${app.t('ignoreNoMore')}</button></li>`)}</ul></section>`}
    <section>
      <h3>${app.t('yourself')}</h3>
      <${NameForm} app=${app} />
      ${app.model.account ? html`<${PasswordForm} app=${app} />
        <div class="buttons"><button type="button" onClick=${() => app.open({ kind: 'devices' })}>${app.t('devices')}</button><button type="button" onClick=${() => app.logOut()}>${app.t('logOut')}</button></div>`
        : html`<div class="buttons">${app.model.registration !== 'closed' && html`<button type="button" onClick=${() => app.open({ kind: 'register' })}>${app.t('keepName')}</button>`}<button type="button" onClick=${() => app.leave(null)}>${app.t('goOut')}</button></div>`}
      <div class="buttons"><button type="button" class="plain" onClick=${() => app.open({ kind: 'help' })}>${app.t('help')}</button>${app.model.role && html`<button type="button" class="plain" onClick=${() => app.open({ kind: 'server' })}>${app.t('server')}</button>`}</div>
    </section>
  <//>`;
}

/** @param {{app: App}} props */
function NameForm({ app }) {
  const [name, setName] = useState(app.model.me);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (name.trim() !== '' && name !== app.model.me) app.ask({ type: 'rename', name: name.trim() });
  };
  return html`<form class="inline" onSubmit=${submit}><label class="field"><span>${app.t('yourName')}</span><input value=${name} maxlength="64" dir="auto" autocomplete="off" onInput=${(/** @type {Event} */ event) => setName(/** @type {HTMLInputElement} */ (event.target).value)} /></label>
    <button type="submit" disabled=${name.trim() === '' || name === app.model.me}>${app.t('change')}</button></form>`;
}

/** @param {{app: App}} props */
function PasswordForm({ app }) {
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = new FormData(form);
    const done = await app.ask({ type: 'password', old: String(fields.get('old')), new: String(fields.get('new')) });
    if (!done) return;
    form.reset();
    app.toast(app.t('passwordChanged'));
  };
  return html`<details><summary>${app.t('changePassword')}</summary><form onSubmit=${submit}>
    <input type="text" name="username" autocomplete="username" value=${app.model.account} hidden readonly />
    <label class="field"><span>${app.t('oldPassword')}</span><input name="old" type="password" autocomplete="current-password" required /></label>
    <label class="field"><span>${app.t('newPassword')}</span><input name="new" type="password" autocomplete="new-password" minlength="8" required /></label>
    <div class="buttons"><button type="submit">${app.t('change')}</button></div></form></details>`;
}
