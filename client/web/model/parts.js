// What a text consists of, for whoever draws it: plain text, links, calls, quoted lines, and signs that nobody sees.
// Knows no document: nothing in a text is ever markup.

/** @import { Span } from './mention.js' */
import { linksIn } from './links.js';

/** @typedef {{kind: 'text' | 'link' | 'call' | 'sign', text: string, href: string}} Part */

/** Direction overrides, embeddings and isolates, which would turn round what follows them, and line separators. */
const signs = /[\u202A-\u202E\u2066-\u2069\u2028\u2029\u200E\u200F\u061C]/g;
const overrides = /[\u202A-\u202E\u2066-\u2069\u2028\u2029]/;

/** @param {string} sign */
function nameOfSign(sign) {
  return `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** @param {string} text @returns {Part[]} with the signs that turn text round made visible */
function withSigns(text) {
  if (!overrides.test(text)) return text === '' ? [] : [{ kind: 'text', text, href: '' }];
  /** @type {Part[]} */
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(signs)) {
    if (!overrides.test(found[0])) continue;
    if (found.index > at) parts.push({ kind: 'text', text: text.slice(at, found.index), href: '' });
    parts.push({ kind: 'sign', text: nameOfSign(found[0]), href: '' });
    at = found.index + 1;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at), href: '' });
  return parts;
}

/** @param {string} text @param {Span[]} calls where it calls the reader @returns {Part[]} */
export function partsOf(text, calls) {
  const marks = [
    ...linksIn(text).filter(({ href }) => href !== '').map(({ span, href }) => ({ kind: /** @type {const} */ ('link'), from: span[0], to: span[0] + shownLength(text, span[0], href), href })),
    ...calls.map(([from, to]) => ({ kind: /** @type {const} */ ('call'), from, to, href: '' })),
  ].sort((one, other) => one.from - other.from);
  /** @type {Part[]} */
  const parts = [];
  let at = 0;
  for (const { kind, from, to, href } of marks) {
    if (from < at) continue;
    parts.push(...withSigns(text.slice(at, from)), { kind, text: text.slice(from, to), href });
    at = to;
  }
  parts.push(...withSigns(text.slice(at)));
  return parts;
}

/** A link is shown as it was written, without what belongs to the sentence. @param {string} text @param {number} from @param {string} href */
function shownLength(text, from, href) {
  return text.startsWith(href, from) ? href.length : href.length - 'https://'.length;
}

/** One line, for names, topics and the like: signs that turn text round are left out. @param {string} text */
export function plain(text) {
  return text.replace(signs, '').replace(/\s+/g, ' ');
}

/** Lines that begin with `> ` are quoted. @param {string} text
 * @returns {{isQuote: boolean, from: number, text: string}[]} */
export function paragraphsOf(text) {
  if (!/^> /m.test(text)) return [{ isQuote: false, from: 0, text }];
  /** @type {{isQuote: boolean, from: number, text: string}[]} */
  const paragraphs = [];
  let from = 0;
  for (const line of text.split('\n')) {
    const isQuote = line.startsWith('> ');
    const last = paragraphs.at(-1);
    if (last && last.isQuote === isQuote && !isQuote) last.text += `\n${line}`;
    else if (last && isQuote && last.isQuote) paragraphs.push({ isQuote, from: from + 2, text: line.slice(2) });
    else paragraphs.push({ isQuote, from: isQuote ? from + 2 : from, text: isQuote ? line.slice(2) : line });
    from += line.length + 1;
  }
  return paragraphs;
}

/** The language that glyphs of Han are to be drawn for: they differ, and the text itself may tell.
 * @param {string} text @param {readonly string[]} preferred of the browser @returns {string | undefined} */
export function glyphsOf(text, preferred) {
  if (!/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/.test(text)) return undefined;
  if (/[\u3040-\u30ff]/.test(text)) return 'ja';
  if (/[\uac00-\ud7af]/.test(text)) return 'ko';
  return preferred.find((tag) => /^(zh|ja|ko)\b/i.test(tag)) ?? 'zh-Hans';
}
