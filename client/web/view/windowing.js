// Which pages of a long list are to be drawn, and how high is what is not.
// Knows no document: numbers in, numbers out.

/** Most rows that are drawn at once. */
const mostDrawn = 300;

/** @typedef {{rows: number, height: number}} Size */
/** @typedef {{from: number, to: number}} Range pages from, and up to but without `to` */

/** The pages around a place in the list: at least those that are seen, and a screen before and after them, as far as
 * `most` rows go. @param {Size[]} sizes @param {number} top @param {number} viewport @param {number} most @returns {Range} */
export function choosePages(sizes, top, viewport, most = mostDrawn) {
  if (sizes.length === 0) return { from: 0, to: 0 };
  const centre = top + viewport / 2;
  let at = 0;
  let begin = 0;
  while (at < sizes.length - 1 && begin + sizes[at].height <= centre) {
    begin += sizes[at].height;
    at += 1;
  }
  return expand(sizes, at, begin, top - viewport, top + 2 * viewport, most);
}

/** The pages around one of them. @param {Size[]} sizes @param {number} at @param {number} viewport @returns {Range} */
export function choosePagesAround(sizes, at, viewport, most = mostDrawn) {
  return expand(sizes, at, 0, -viewport * 2, sizes[at].height + viewport * 2, most);
}

/** @param {Size[]} sizes @param {number} at a page @param {number} begin where it begins @param {number} top
 * @param {number} bottom what is to be covered @param {number} most @returns {Range} */
function expand(sizes, at, begin, top, bottom, most) {
  let from = at;
  let to = at + 1;
  let rows = sizes[at].rows;
  let end = begin + sizes[at].height;
  let upper = begin;
  for (;;) {
    const canUp = from > 0 && upper > top && rows + sizes[from - 1].rows <= most;
    const canDown = to < sizes.length && end < bottom && rows + sizes[to].rows <= most;
    if (!canUp && !canDown) return { from, to };
    // The side that is missing more comes first.
    if (canUp && (!canDown || upper - top >= bottom - end)) {
      from -= 1;
      rows += sizes[from].rows;
      upper -= sizes[from].height;
    } else {
      rows += sizes[to].rows;
      end += sizes[to].height;
      to += 1;
    }
  }
}

/** @param {Size[]} sizes @param {number} from @param {number} to */
export function heightOf(sizes, from, to) {
  let height = 0;
  for (let at = from; at < to; at += 1) height += sizes[at].height;
  return height;
}
