// A text as nodes: words, links that may be opened, calls, quotes. Nothing in it becomes markup.
// Knows nothing of who has said it.

/** @import { Span } from '../model/mention.js' */
import { html } from './html.js';
import { glyphsOf, paragraphsOf, partsOf } from '../model/parts.js';

/** @param {{text: string, calls: Span[]}} props */
export function Text({ text, calls }) {
  const paragraphs = paragraphsOf(text);
  const lang = glyphsOf(text, navigator.languages);
  if (paragraphs.length === 1 && !paragraphs[0].isQuote) {
    return html`<span class="words" dir="auto" lang=${lang}>${nodes(text, calls)}</span>`;
  }
  return html`<span class="words" dir="auto" lang=${lang}>${paragraphs.map(({ isQuote, from, text: piece }) => {
    const within = calls.filter(([begin, end]) => begin >= from && end <= from + piece.length)
      .map(([begin, end]) => /** @type {Span} */ ([begin - from, end - from]));
    return html`<span class=${isQuote ? 'quote' : 'paragraph'} dir="auto">${nodes(piece, within)}</span>`;
  })}</span>`;
}

/** @param {string} text @param {Span[]} calls */
function nodes(text, calls) {
  return partsOf(text, calls).map(({ kind, text: shown, href }) => {
    if (kind === 'text') return shown;
    if (kind === 'sign') return html`<span class="sign">${shown}</span>`;
    if (kind === 'call') return html`<mark>${shown}</mark>`;
    return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow ugc">${shown}</a>`;
  });
}
