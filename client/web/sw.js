// The service worker: keeps the page's files, so that it opens at once, also without a network.
// Knows no chat: what goes to /ws and /session never passes here, nor anything that is not one of the page's files.

/** Put in when the folder is assembled. */
const version = 'HASH';
/** @type {string[]} */
const files = [];

const worker = /** @type {any} */ (self);
const kept = `hubbub-${version}`;

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(kept);
    await cache.addAll(['/', ...files].map((file) => new Request(file, { cache: file === '/' ? 'reload' : 'default' })));
    await worker.skipWaiting();
  })());
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('hubbub-') && name !== kept) await caches.delete(name);
    await worker.clients.claim();
  })());
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (files.includes(pathname)) event.respondWith(fromCache(request));
  else if (pathname === '/' && request.mode === 'navigate') event.respondWith(fresh(request));
});

/** @param {Request} request */
async function fromCache(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** The page itself comes from the server where there is one: it names the files of its version. @param {Request} request */
async function fresh(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) return answer;
    return (await caches.match('/')) ?? answer;
  } catch {
    return (await caches.match('/')) ?? Response.error();
  }
}

worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const open = event.notification.data?.open ?? '';
    const [page] = await worker.clients.matchAll({ type: 'window' });
    if (!page) return worker.clients.openWindow(`/${open}`);
    await page.focus();
    page.postMessage({ open });
  })());
});
