// Where a text calls somebody by name, in scripts with blanks between words and without.
// Knows neither rooms nor people: who else is there is asked of the caller.

import { keyOf } from './names.js';
import { linksIn } from './links.js';

/** @typedef {[number, number]} Span from and to, in UTF-16 units of the text */

/** Scripts that are written without blanks between words or, as Hangul is, with endings attached to names. */
const unspaced = new RegExp('[\u0E00-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u2E80-\u2FDF\u3005-\u3007'
  + '\u3040-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uA960-\uA97F\uAC00-\uD7FF\uF900-\uFAFF\uFF66-\uFFDC'
  + '\u{20000}-\u{3FFFF}]', 'u');
const ofWord = /[\p{L}\p{M}\p{N}_]/u;
const ofName = /[\p{L}\p{M}\p{N}_.-]/u;
/** A cluster of more is copied as it is: no name has one, and ordering its marks takes quadratic time. */
const mostClusterUnits = 32;
const mostNameUnits = 64;
/** Most names of others that are asked about for one text. */
const mostAsked = 50;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The code point that ends before the place, and the one that begins there; empty: none.
 * @param {string} text @param {number} at */
function before(text, at) {
  const low = text.charCodeAt(at - 1);
  return at > 1 && low >= 0xDC00 && low <= 0xDFFF ? text.slice(at - 2, at) : text.slice(Math.max(at - 1, 0), at);
}
/** @param {string} text @param {number} at */
function after(text, at) {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** A text folded as names are, and where in the original each of its characters begins. @param {string} text */
function folded(text) {
  let folding = '';
  /** @type {Map<number, number>} place in the folded text: place in the original */
  const origins = new Map();
  for (const { segment, index } of segmenter.segment(text)) {
    if (!origins.has(folding.length)) origins.set(folding.length, index);
    folding += segment.length > mostClusterUnits ? segment : keyOf(segment);
  }
  origins.set(folding.length, text.length);
  return { folding, origins };
}

/** Whether a word may begin or end between the two. @param {string} left @param {string} right */
function isBoundary(left, right) {
  return !ofWord.test(left) || !ofWord.test(right) || unspaced.test(left) || unspaced.test(right);
}

/** The longest part around the span that could be a name, without the punctuation at its ends.
 * @param {string} text @param {Span} span @returns {Span} */
function nameAround(text, [from, to]) {
  let begin = from;
  let end = to;
  while (begin > 0 && end - begin <= mostNameUnits && ofName.test(before(text, begin))) begin -= before(text, begin).length;
  while (end < text.length && end - begin <= mostNameUnits && ofName.test(after(text, end))) end += after(text, end).length;
  if (end - begin > mostNameUnits) return [from, to];
  while (begin < from && '-_.'.includes(text[begin])) begin += 1;
  while (end > to && '-_.'.includes(text[end - 1])) end -= 1;
  return [begin, end];
}

/** Finds names and words in texts, as whole words and in any case; where scripts need no blanks, inside a sentence. For
 * `call` a name of one such character stands alone or behind an `@`, and names within links do not count; for `search`
 * words count anywhere. */
export class Mentions {
  /** @param {string[]} words @param {'call' | 'search'} purpose */
  constructor(words, purpose = 'call') {
    this.purpose = purpose;
    this.words = words.map(keyOf).filter((key) => key !== '').map((key) => ({
      key,
      isAlone: purpose === 'call' && [...key].length === 1 && unspaced.test(key),
    }));
  }

  /** @param {string} text @param {(name: string) => boolean} [isSomebody] whether one of this name is there, so that
   *   `anna-maria` is no mention of `anna` @returns {Span[]} in order, without overlap */
  find(text, isSomebody) {
    // Most texts call nobody, and that is told far sooner without the places.
    const crude = keyOf(text);
    const words = this.words.filter(({ key }) => crude.includes(key));
    if (words.length === 0) return [];
    const { folding, origins } = folded(text);
    const links = this.purpose === 'call' ? linksIn(text) : [];
    const others = new OthersNames(text, isSomebody);
    /** @type {Span[]} */
    const found = [];
    for (const { key, isAlone } of words) {
      for (let at = folding.indexOf(key); at >= 0; at = folding.indexOf(key, at + 1)) {
        const from = origins.get(at);
        const to = origins.get(at + key.length);
        if (from === undefined || to === undefined) continue;
        if (links.some(({ span }) => from >= span[0] && to <= span[1])) continue;
        if (standsAlone(text, [from, to], isAlone) && !others.have([from, to])) found.push([from, to]);
      }
    }
    found.sort((a, b) => a[0] - b[0] || b[1] - a[1]); // the longer one first
    let until = 0;
    return found.filter(([from, to]) => {
      if (from < until) return false;
      until = to;
      return true;
    });
  }
}

/** @param {string} text @param {Span} span @param {boolean} isAlone */
function standsAlone(text, [from, to], isAlone) {
  const left = before(text, from);
  const right = after(text, to);
  if (isAlone) return left === '@' || (!ofWord.test(left) && !ofWord.test(right));
  return isBoundary(left, after(text, from)) && isBoundary(before(text, to), right);
}

/** Whether a found name is only a part of another person's. A text may be made of nothing else: so it asks only once for
 * each part, and not without end. */
class OthersNames {
  /** @param {string} text @param {((name: string) => boolean) | undefined} isSomebody */
  constructor(text, isSomebody) {
    this.text = text;
    this.isSomebody = isSomebody;
    /** @type {Map<string, boolean>} */
    this.answers = new Map();
  }

  /** @param {Span} span */
  have(span) {
    if (!this.isSomebody) return false;
    const [begin, end] = nameAround(this.text, span);
    if (end - begin === span[1] - span[0]) return false;
    const name = this.text.slice(begin, end);
    const known = this.answers.get(name);
    if (known !== undefined) return known;
    if (this.answers.size >= mostAsked) return false;
    const answer = this.isSomebody(name);
    this.answers.set(name, answer);
    return answer;
  }
}
