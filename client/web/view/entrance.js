// Coming in: a name and Enter; or an account, old or new.
// Knows forms and what the browser's password manager looks for in them.

/** @import { App } from '../app/app.js' */
/** @import { WireError } from '../wire.js' */
import { html, useApp, useEffect, useRef, useState } from './html.js';
import { LinkBanner } from './room.js';
import { mark } from './sidebar.js';
import { languageNames } from '../languages/translator.js';

/** Errors that stand at the field of the name. */
const aboutName = new Set(['name_taken', 'name_invalid', 'account_exists', 'no_such_account']);

export function Entrance() {
  const app = useApp('session', 'link');
  const isEntering = app.phase === 'entering';
  const first = app.invite ? 'register' : ['logged_out', 'log_in', 'login_required', 'login_failed'].includes(app.refusal?.code ?? '') ? 'login' : 'guest';
  const [way, setWay] = useState(/** @type {'guest' | 'login' | 'register'} */ (first));
  useEffect(() => {
    if (app.refusal) setWay(first);
  }, [app.refusal]);
  const isTold = app.refusal !== null && app.refusal.code !== 'log_in';
  return html`<main class="entrance">
    <div class="card">
      <div class="brand"><span class="mark" aria-hidden="true">${mark}</span><h1>Hubbub</h1></div>
      <p class="lead">${app.t(way === 'guest' ? 'leadGuest' : way === 'login' ? 'leadLogIn' : app.invite ? 'leadInvite' : 'leadRegister')}</p>
      ${isTold && app.refusal && html`<p class="refusal" role="alert">${app.words.error(app.refusal)}</p>`}
      ${isEntering && app.settings.account ? html`<p class="connecting" role="status">${app.t('connecting')}</p>`
        : way === 'guest' ? html`<${GuestForm} app=${app} isBusy=${isEntering} />` : html`<${AccountForm} key=${way} app=${app} isNew=${way === 'register'} />`}
      <${LinkBanner} />
      <div class="ways">
        ${way !== 'guest' && html`<button type="button" class="plain" onClick=${() => setWay('guest')}>${app.t('asGuest')}</button>`}
        ${way !== 'login' && html`<button type="button" class="plain" onClick=${() => setWay('login')}>${app.t('logIn')}</button>`}
        ${way !== 'register' && html`<button type="button" class="plain" onClick=${() => setWay('register')}>${app.t('register')}</button>`}
      </div>
    </div>
    <div class="tongues"><label><span class="unseen">${app.t('language')}</span><select value=${app.words.code} onChange=${(/** @type {Event} */ event) => app.change({ language: /** @type {HTMLSelectElement} */ (event.target).value })}>${languageNames.map(({ code, name }) => html`<option value=${code} selected=${code === app.words.code}>${name}</option>`)}</select></label></div>
  </main>`;
}

/** @param {{app: App, isBusy: boolean}} props */
function GuestForm({ app, isBusy }) {
  const [name, setName] = useState(app.settings.name);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const isWrong = aboutName.has(app.refusal?.code ?? '');
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [app.refusal]);
  const enter = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (name.trim() !== '' && !isBusy) app.enter(name.trim().normalize('NFC'), []);
  };
  return html`<form onSubmit=${enter}>
    <label for="guest-name">${app.t('yourName')}</label>
    <input id="guest-name" ref=${input} value=${name} onInput=${(/** @type {Event} */ event) => setName(/** @type {HTMLInputElement} */ (event.target).value)}
      autocomplete="nickname" autocapitalize="off" spellcheck=${false} maxlength="64" required enterkeyhint="go" dir="auto" aria-invalid=${isWrong ? 'true' : undefined} />
    <button type="submit" class="main" disabled=${isBusy}>${app.t(isBusy ? 'connecting' : 'comeIn')}</button>
  </form>`;
}

/** Logs in, or registers. @param {{app: App, isNew: boolean}} props */
function AccountForm({ app, isNew }) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {WireError | null} */ (null));
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => first.current?.focus(), []);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const field = (/** @type {string} */ name) => String(form.get(name) ?? '').trim();
    setBusy(true);
    setError(null);
    try {
      // What stands in the field is read once, and kept nowhere.
      if (isNew) await app.register(field('username'), String(form.get('password') ?? ''), field('invite'));
      else await app.logIn(field('username'), String(form.get('password') ?? ''));
    } catch (refused) {
      setError(/** @type {WireError} */ (refused));
      setBusy(false);
    }
  };
  const isAboutName = error !== null && aboutName.has(error.code);
  return html`<form method="post" action="/session" onSubmit=${submit}>
    <label for="account-name">${app.t(isNew ? 'newAccountName' : 'accountName')}</label>
    <input id="account-name" ref=${first} name="username" defaultValue=${app.settings.name} autocomplete="username" autocapitalize="off" spellcheck=${false} maxlength="64" required dir="auto" aria-invalid=${isAboutName ? 'true' : undefined} aria-describedby=${error ? 'account-error' : undefined} />
    <label for="account-password">${app.t('password')}</label>
    <input id="account-password" name="password" type="password" autocomplete=${isNew ? 'new-password' : 'current-password'} minlength=${isNew ? 8 : undefined} required aria-invalid=${error && !isAboutName ? 'true' : undefined} aria-describedby=${isNew ? 'password-hint' : undefined} />
    ${isNew && html`<p class="hint" id="password-hint">${app.t('passwordHint')}</p>`}
    ${isNew && (app.invite || app.model.registration !== 'open') && html`<label for="account-invite">${app.t('invite')}</label><input id="account-invite" name="invite" defaultValue=${app.invite} autocomplete="off" autocapitalize="off" spellcheck=${false} />`}
    ${error && html`<p class="refusal" role="alert" id="account-error">${app.words.error(error)}</p>`}
    <button type="submit" class="main" disabled=${isBusy}>${app.t(isBusy ? 'oneMoment' : isNew ? 'register' : 'logIn')}</button>
  </form>`;
}
