// What there is to type and to press; and how one's name becomes one's own.
// Knows the tables of commands and keys.

/** @import { App } from '../../app/app.js' */
/** @import { WireError } from '../../wire.js' */
import { html, useState } from '../html.js';
import { DialogFrame } from './dialog.js';
import { commands } from '../../app/commands.js';

/** @type {[string, string][]} */
const keys = [['Ctrl K', 'key.switcher'], ['Alt ↑ ↓', 'key.neighbour'], ['Alt Shift ↑ ↓', 'key.unread'], ['Ctrl Shift F', 'key.search'],
  ['Enter', 'key.send'], ['Shift Enter', 'key.break'], ['Tab', 'key.complete'], ['Shift Tab ↑ ↓', 'key.messages'], ['R', 'key.reply'], ['E', 'key.edit'], ['↑', 'key.last'], ['Del', 'key.delete'], ['Esc', 'key.escape']];

/** @param {{app: App, onClose: () => void}} props */
export function HelpDialog({ app, onClose }) {
  return html`<${DialogFrame} kind="help" title=${app.t('help')} close=${app.t('close')} onClose=${onClose}>
    <section><h3>${app.t('keys')}</h3><dl>${keys.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${app.t(words)}</dd></div>`)}</dl></section>
    <section><h3>${app.t('commands')}</h3><dl>${commands.map(({ name, takes }) => html`<div><dt><code>/${name}${takes && ` ${takes}`}</code></dt><dd>${app.t(`command.${name}`)}</dd></div>`)}
      <div><dt><code>//TEXT</code></dt><dd>${app.t('command.slash')}</dd></div></dl></section>
    <p class="hint">${app.t('helpEmoji')}</p>
    <p class="hint"><a href=${new URL('licences.txt', import.meta.url).href} target="_blank" rel="noopener">${app.t('licences')}</a></p>
  <//>`;
}

/** The name that one bears becomes an account. @param {{app: App, onClose: () => void}} props */
export function RegisterDialog({ app, onClose }) {
  const [error, setError] = useState(/** @type {WireError | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const name = app.model.me;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    setBusy(true);
    try {
      await app.keepName(String(fields.get('password') ?? ''), String(fields.get('invite') ?? '').trim());
    } catch (refused) {
      setError(/** @type {WireError} */ (refused));
      setBusy(false);
    }
  };
  return html`<${DialogFrame} title=${app.t('keepName')} close=${app.t('close')} onClose=${onClose}>
    <p>${app.t('keepNameHint', { name })}</p>
    <form onSubmit=${submit}>
      <input type="text" name="username" autocomplete="username" value=${name} hidden readonly />
      <label class="field"><span>${app.t('password')}</span><input name="password" type="password" autocomplete="new-password" minlength="8" required autofocus /></label>
      <p class="hint">${app.t('passwordHint')}</p>
      ${(app.model.registration === 'invite' || app.invite) && html`<label class="field"><span>${app.t('invite')}</span><input name="invite" autocomplete="off" required defaultValue=${app.invite} /></label>`}
      ${error && html`<p class="refusal" role="alert">${app.words.error(error)}</p>`}
      <div class="buttons"><button type="submit" class="main" disabled=${isBusy}>${app.t(isBusy ? 'oneMoment' : 'register')}</button></div>
    </form>
  <//>`;
}
