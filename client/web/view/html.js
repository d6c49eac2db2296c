// The one door to preact and htm: components are written as html`…`, which is text for nodes and never markup of others.
// Knows nothing of chat.

import { Component, Fragment, createContext, h, render } from 'preact';
import { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import htm from 'htm';

/** @import { App } from '../app/app.js' */

export { Fragment, h, render, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState };

export const html = htm.bind(h);

/** @type {import('preact').Context<App>} */
export const AppContext = createContext(/** @type {any} */ (null));

/** The application; drawn anew when one of the topics has changed. @param {...string} topics */
export function useApp(...topics) {
  const app = useContext(AppContext);
  const [, draw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  const words = topics.join(' ');
  // At once: a page that nobody sees has its effects later than what they would hear of.
  useLayoutEffect(() => app.signals.on([...topics, 'language'], () => draw(undefined)), [words]);
  return app;
}

/** A component that is drawn anew only when its `sign` is another. (To keep nodes and give them back instead would keep
 * alive all that was ever drawn beside them.) @template {{sign: string}} Props @param {(props: Props) => any} draw */
export function bySign(draw) {
  return class extends Component {
    /** @override @param {Props} next */
    shouldComponentUpdate(next) {
      return next.sign !== /** @type {any} */ (this.props).sign;
    }

    /** @override */
    render() {
      return draw(/** @type {any} */ (this.props));
    }
  };
}

/** Whether the page is narrower, by its own letters: as the @container rules of the style. @param {number} rem */
export function isNarrower(rem) {
  return document.body.clientWidth < rem * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** Narrower than this a panel lies above the room. */
export const narrow = 60;

/** What was chosen or typed. @param {Event} event */
export function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}

/** Does it instead of loading the page anew, with what the form has. @param {(fields: (name: string) => string, form: HTMLFormElement) => void} run */
export function onForm(run) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = new FormData(form);
    run((name) => String(fields.get(name) ?? '').trim(), form);
  };
}

/** @param {string} name @param {string} [more] classes */
export function icon(name, more = '') {
  return html`<svg class=${`icon ${more}`} aria-hidden="true" viewBox="0 0 24 24"><path d=${paths[name]} /></svg>`;
}

/** @type {Record<string, string>} drawn by hand, on a grid of 24 */
const paths = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  people: 'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 19c.3-3.2 2.5-5 5.5-5s5.2 1.8 5.5 5M16 11.5a2.5 2.5 0 1 0 0-5M17 14.5c2 .3 3.3 1.8 3.5 4.5',
  search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM15.5 15.5 20 20',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  down: 'M12 5v13M6 12.5l6 6 6-6',
  send: 'M4 12 20 5l-5 15-3.5-6.5L4 12ZM11.5 13.5 20 5',
  reply: 'M10 7 5 12l5 5M5 12h9c3 0 5 2 5 5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  settings: 'M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h3',
  help: 'M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 17v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  bell: 'M6 16V11a6 6 0 1 1 12 0v5l1.5 2h-15L6 16ZM10 20.5h4',
  mute: 'M6 16V11a6 6 0 0 1 9-5.2M18 11v5l1.5 2H8M10 20.5h4M4 4l16 16',
  leave: 'M14 5H6v14h8M10 12h10M17 9l3 3-3 3',
  edit: 'M5 19l1-4L16 5l3 3L9 18l-4 1Z',
  back: 'M15 5l-7 7 7 7',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13',
  flag: 'M6 21V4h11l-2.5 4L17 12H6',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6l7-3Z',
};
