// Where a text has links and mail addresses.
// Knows no document: what may be opened, and how, is the view's.

/** @typedef {{span: [number, number], href: string}} Link `href`: empty: none that may be opened */

const startOfLink = /(?:[a-z][a-z0-9+.-]{0,16}:\/\/|www\.(?=[a-z0-9]))/giy;
// RFC 3986, and letters of all scripts as in RFC 3987.
const ofLink = /[!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]|[^\x00-\x7f](?<=[\p{L}\p{M}\p{N}])/uy;
const mail = /[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9._+-]{1,255}/g;

/** Without what belongs to the sentence: punctuation at the end, and brackets that were opened before the link.
 * @param {string} link */
function withoutSentence(link) {
  let end = link.length;
  for (;;) {
    const last = link[end - 1];
    const head = link.slice(0, end);
    const isOpened = (/** @type {string} */ open) => head.split(open).length >= head.split(last).length;
    const isEnd = ".,;:!?'".includes(last) || (last === ')' && !isOpened('(')) || (last === ']' && !isOpened('['));
    if (!isEnd || end === 0) return end;
    end -= 1;
  }
}

/** @param {string} text @returns {Link[]} in order: with a scheme, `www.example.org`, and mail addresses */
export function linksIn(text) {
  /** @type {Link[]} */
  const links = [];
  if (!/:\/\/|www\.|@/i.test(text)) return links;
  for (let at = 0; at < text.length;) {
    const isInWord = at > 0 && /[A-Za-z0-9]/.test(text[at - 1]);
    startOfLink.lastIndex = at;
    const start = isInWord ? null : startOfLink.exec(text);
    let end = at + (start?.[0].length ?? 0);
    if (start) {
      ofLink.lastIndex = end;
      while (ofLink.test(text)) end = ofLink.lastIndex;
    }
    if (start && end > at + start[0].length) {
      const shown = text.slice(at, at + withoutSentence(text.slice(at, end)));
      links.push({ span: [at, end], href: hrefOf(shown) });
      at = end;
    } else {
      at += 1;
    }
  }
  for (const found of text.matchAll(mail)) {
    const domain = found[0].slice(found[0].indexOf('@') + 1).replace(/[._+-]+$/, '');
    const dot = domain.indexOf('.');
    if (dot <= 0) continue;
    links.push({ span: [found.index, found.index + found[0].indexOf('@') + 1 + domain.length], href: '' });
  }
  return links.sort((one, other) => one.span[0] - other.span[0]);
}

/** Only http and https are opened. @param {string} shown */
function hrefOf(shown) {
  const text = /^www\./i.test(shown) ? `https://${shown}` : shown;
  if (!/^https?:\/\//i.test(text)) return '';
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || url.protocol === 'http:' ? text : '';
  } catch {
    return '';
  }
}
