// The beginning: makes the application, draws it, and tells it what only the document knows.
// Knows all the parts by their names.

import { App } from './app/app.js';
import { Alerts } from './app/alerts.js';
import { html, render } from './view/html.js';
import { Root } from './view/root.js';
import { Translator } from './languages/translator.js';

const words = new Translator();
const url = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`;
/** Milliseconds up to which one who has pressed a key is typing. */
const typingFor = 700;
let drawnAt = 0;
let drawingTook = 0;
let pressedAt = -typingFor;
addEventListener('keydown', () => { pressedAt = performance.now(); }, true);

/** With the next frame; a page that nobody sees is given none, and still has a title and a badge. @param {() => void} flush */
function soon(flush) {
  // When very much is said, drawing leaves most of the time to other things; and nearly all of it to what is typed.
  const now = performance.now();
  const wait = Math.max(drawnAt + drawingTook * (now - pressedAt < typingFor ? 20 : 6) - now, 0);
  let isDone = false;
  const draw = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(late);
    cancelAnimationFrame(frame);
    const began = performance.now();
    flush();
    // The next frame comes when this one is done: components, styles, layout, paint. Half a frame is not counted.
    requestAnimationFrame(() => {
      drawnAt = performance.now();
      drawingTook = Math.min(Math.max(drawnAt - began - 8, 0), 40);
    });
  };
  const late = setTimeout(draw, wait + 250);
  let frame = 0;
  if (wait < 16) frame = requestAnimationFrame(draw);
  else setTimeout(() => { frame = requestAnimationFrame(draw); }, wait);
}

const app = new App(soon, url, words);
const alerts = new Alerts(app);

/** Theme, language and colours stand at the root of the document. */
async function takeSettings() {
  const { theme, colours, language } = app.settings;
  const root = document.documentElement;
  root.dataset.theme = theme;
  root.classList.toggle('plain-names', !colours);
  const before = words.code;
  await words.use(language, navigator.languages);
  root.lang = words.code;
  if (words.code !== before) app.signals.tell('language');
}

addEventListener('online', () => app.connection?.doubt());
addEventListener('offline', () => app.connection?.doubt());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) app.connection?.look();
  if (!document.hidden) app.connection?.retryNow();
});
// What has not come back would be lost with the page.
addEventListener('pagehide', (event) => !event.persisted && app.keepUnsent());
addEventListener('beforeunload', (event) => {
  if (app.hasPending()) event.preventDefault();
});
app.signals.on(['settings'], takeSettings);

const element = /** @type {HTMLElement} */ (document.getElementById('app'));
await takeSettings();
app.start();
element.textContent = '';
render(html`<${Root} app=${app} />`, element);
alerts.start();
