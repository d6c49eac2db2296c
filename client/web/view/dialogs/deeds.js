// What is asked before something is done to people or messages: to whom, for how long, and why; and what was reported.
// Knows requests as they are handed in; who may what is not its matter.

/** @import { App } from '../../app/app.js' */
/** @import { WireEvent } from '../../wire.js' */
import { html, onForm, useApp, useEffect, useState } from '../html.js';
import { DialogFrame } from './dialog.js';
import { Listed, SpanChoice } from './lists.js';
import { plain } from '../../model/parts.js';
import { placeKey } from '../../model/names.js';
import { rankOf, ranks } from '../../model/rights.js';

/** @param {{app: App, deed: {[field: string]: any}, onClose: () => void}} props */
export function DeedDialog({ app, deed, onClose }) {
  useApp('session');
  const { title, about = '', verb, request, field, spans, ms: span, why, isRequired = false } = deed;
  const [dry, setDry] = useState(/** @type {WireEvent | null} */ (null));
  const [isEverywhere, setEverywhere] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const whole = { ...request, ...(isEverywhere ? { room: undefined } : {}) };
  useEffect(() => {
    // Whom it is about is the server's to say: a mask may mean more people than one.
    if (request.type === 'ban') app.ask({ ...whole, dry_run: true }).then(setDry);
  }, [isEverywhere]);
  const submit = onForm(async (value) => {
    setBusy(true);
    const ms = Number(value('for'));
    const done = await app.ask({ ...whole, ...(ms > 0 ? { for: ms } : {}), ...(field && value(field) ? { [field]: value(field) } : {}) });
    setBusy(false);
    if (!done) return;
    onClose();
    app.toast(app.t(deed.done ?? 'done'));
    deed.then?.();
  });
  return html`<${DialogFrame} title=${plain(title)} close=${app.t('close')} onClose=${onClose}>
    ${about && html`<p class="about" dir="auto">${plain(about).slice(0, 300)}</p>`}
    ${dry && html`<p class="matches"><code>${dry.mask}</code> ${dry.matches.length > 0 ? app.t('concerns', { names: dry.matches.map(plain).join(', ') }) : app.t('concernsNobody')}</p>`}
    <form onSubmit=${submit}>
      ${spans && html`<${SpanChoice} app=${app} spans=${spans} chosen=${span || undefined} />`}
      ${request.type === 'ban' && rankOf(app.model.role) >= ranks.moderator && html`<label class="check"><input type="checkbox" checked=${isEverywhere} onChange=${() => setEverywhere(!isEverywhere)} /><span>${app.t('onServer')}</span></label>`}
      ${field && html`<label class="field"><span>${app.t(field === 'key' ? 'rule.key' : 'reason')}</span><input name=${field} dir="auto" autocomplete="off" required=${isRequired} defaultValue=${why} autofocus /></label>`}
      <div class="buttons"><button type="submit" class="main" disabled=${isBusy} autofocus=${!field}>${app.t(verb)}</button><button type="button" onClick=${onClose}>${app.t('cancel')}</button></div>
    </form>
  <//>`;
}

/** @param {{app: App, room?: string, onClose: () => void}} props without a room: of all */
export function ReportsDialog({ app, room, onClose }) {
  useApp('session');
  const go = (/** @type {WireEvent} */ report) => {
    onClose();
    app.openRoom(report.room, report.seq);
  };
  return html`<${DialogFrame} title=${app.t('reports')} close=${app.t('close')} onClose=${onClose}>
    <${Listed} app=${app} isOpen=${true} request=${{ type: 'reports', ...(room ? { room } : {}) }} list="reports" page="after"
      line=${(/** @type {WireEvent} */ report) => html`<bdi class="label">${plain(report.text)}</bdi><small>${app.t('reportLine', { name: report.by, of: report.of ?? '', room: report.room, time: app.words.when(report.time) })}</small>`}
      deeds=${[['showIt', go, (/** @type {WireEvent} */ report) => app.model.places.get(placeKey({ room: report.room }))?.isJoined], ['resolve', (/** @type {WireEvent} */ report) => ({ type: 'resolve', id: report.id })]]} />
  <//>`;
}
