// Looking for what was said, and going there.
// Knows hits as messages, and nothing of how they are found.

/** @import { Message } from '../wire.js' */
import { html, icon, isNarrower, narrow, useApp, useEffect, useRef, useState } from './html.js';
import { Name } from './name.js';
import { Mentions } from '../model/mention.js';
import { plain } from '../model/parts.js';
import { placeKey } from '../model/names.js';

/** @typedef {{hits: Message[], count: number | undefined, isComplete: boolean}} Found */

export function Search() {
  const app = useApp('rooms', 'changes');
  const place = app.model.here();
  const [words, setWords] = useState(app.wanted);
  const [isEverywhere, setEverywhere] = useState(false);
  const [found, setFound] = useState(/** @type {Found | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));

  const look = async (/** @type {number} */ before, everywhere = isEverywhere) => {
    const from = /(?:^|\s)from:(\S+)/.exec(words)?.[1] ?? '';
    const rest = words.replace(/(?:^|\s)from:\S+/, ' ').trim();
    if (rest === '' && from === '') return;
    setBusy(true);
    const answer = await app.past.search({ words: rest, from, isEverywhere: everywhere }, place, before);
    setBusy(false);
    if (!answer) return;
    /** @type {Message[]} */
    const hits = answer.messages.filter((/** @type {Message} */ message) => !app.model.ignores(message.from));
    hits.reverse();
    setFound({
      hits: before > 0 ? [...found?.hits ?? [], ...hits] : hits,
      count: before > 0 ? found?.count : answer.count,
      isComplete: answer.complete,
    });
    app.announce(app.t('found', { n: answer.count ?? hits.length }));
  };
  useEffect(() => {
    input.current?.focus();
    if (app.wanted) look(0);
    app.wanted = '';
  }, []);
  const finder = new Mentions(words.split(/\s+/).filter((word) => word !== '' && !word.startsWith('from:')), 'search');
  const go = (/** @type {Message} */ hit) => {
    if (isNarrower(narrow)) app.openPanel('');
    if (hit.room !== undefined) app.openRoom(hit.room, hit.seq);
    else if (place) app.openAt(place, hit.seq);
  };
  return html`<aside class="panel search" aria-label=${app.t('search')}>
    <header><h2>${app.t('search')}</h2><button type="button" class="quiet" aria-label=${app.t('close')} onClick=${() => app.openPanel('')}>${icon('close')}</button></header>
    <form role="search" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); look(0); }}>
      <input ref=${input} type="search" value=${words} placeholder=${app.t('searchWords')} aria-label=${app.t('searchWords')} enterkeyhint="search" onInput=${(/** @type {Event} */ event) => setWords(/** @type {HTMLInputElement} */ (event.target).value)} />
      <label class="check"><input type="checkbox" checked=${isEverywhere} onChange=${(/** @type {Event} */ event) => { const { checked } = /** @type {HTMLInputElement} */ (event.target); setEverywhere(checked); look(0, checked); }} /><span>${app.t('everywhere')}</span></label>
    </form>
    ${found === null ? html`<p class="hint">${app.t(isBusy ? 'searching' : 'searchHint')}</p>` : html`<p class="hint">${found.hits.length === 0 ? app.t('nothingFound') : app.t('found', { n: found.count ?? found.hits.length })}</p>`}
    <ul class="hits">${found?.hits.map((hit) => html`<li key=${hit.seq}><button type="button" class="hit" aria-current=${app.past.target?.row === `m${hit.seq}` ? 'true' : undefined} onClick=${() => go(hit)}>
      <span class="hit-head"><${Name} name=${hit.from} />${hit.room !== undefined && placeKey({ room: hit.room }) !== place?.key && html`<span class="hit-room">#${plain(hit.room)}</span>`}<time datetime=${hit.time}>${app.words.formats.short.format(Date.parse(hit.time))}</time></span>
      <span class="hit-text"><${Hit} app=${app} hit=${app.model.changes.applied(hit)} finder=${finder} /></span></button></li>`)}</ul>
    ${found && !found.isComplete && found.hits.length > 0 && html`<button type="button" class="plain" onClick=${() => look(found.hits.at(-1)?.seq ?? 0)}>${app.t('olderHits')}</button>`}
  </aside>`;
}

/** As it is now. @param {{app: import('../app/app.js').App, hit: Message, finder: Mentions}} props */
function Hit({ app, hit, finder }) {
  return hit.deleted ? html`<span class="gone">${app.t('deleted')}</span>` : html`<${Excerpt} text=${hit.text} finder=${finder} />`;
}

/** What is around the first word that was looked for. @param {{text: string, finder: Mentions}} props */
function Excerpt({ text, finder }) {
  const calls = finder.find(text);
  const first = calls[0]?.[0] ?? 0;
  const from = first > 120 ? Math.max(text.lastIndexOf(' ', first - 60), first - 80) : 0;
  const piece = text.slice(from, from + 300);
  const within = calls.filter(([begin, end]) => begin >= from && end <= from + 300)
    .map(([begin, end]) => /** @type {[number, number]} */ ([begin - from, end - from]));
  return html`${from > 0 && '…'}<${Plainly} text=${piece} calls=${within} />`;
}

/** Within a button there are no links. @param {{text: string, calls: [number, number][]}} props */
function Plainly({ text, calls }) {
  /** @type {any[]} */
  const nodes = [];
  let at = 0;
  for (const [from, to] of calls) {
    nodes.push(plain(text.slice(at, from)), html`<mark>${plain(text.slice(from, to))}</mark>`);
    at = to;
  }
  nodes.push(plain(text.slice(at)));
  return html`<span dir="auto">${nodes}</span>`;
}

