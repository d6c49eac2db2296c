// What is remembered on this device: settings and drafts, and in this tab where one was.
// Knows no passwords and no tokens: these never come here.

/** @import { Level } from '../model/model.js' */

/**
 * @typedef {object} Settings
 * @property {string} language `auto`, or a code
 * @property {'auto' | 'light' | 'dark'} theme
 * @property {boolean} notify
 * @property {boolean} wasOffered to be notified
 * @property {boolean} colours names have colours
 * @property {boolean} showsPeople
 * @property {'smart' | 'all' | 'none'} presence
 * @property {string[]} highlight words that call, as one's name does
 * @property {string[]} ignored
 * @property {Record<string, Level>} levels by key of the place
 * @property {string} name with which one came in last
 * @property {string} account to which one is logged in; empty: a guest
 */

/** @type {Settings} */
const defaults = {
  language: 'auto', theme: 'auto', notify: false, wasOffered: false, colours: true, showsPeople: true, presence: 'smart', highlight: [],
  ignored: [], levels: {}, name: '', account: '',
};

const settingsKey = 'hubbub.settings';
const draftKey = 'hubbub.draft.';
const tabKey = 'hubbub.tab';

/** Storage may be full, or forbidden: then nothing is remembered, and all works.
 * @template T @param {() => T} access @param {T} otherwise */
function tried(access, otherwise) {
  try {
    return access();
  } catch {
    return otherwise;
  }
}

/** @returns {Settings} */
export function loadSettings() {
  const stored = tried(() => JSON.parse(localStorage.getItem(settingsKey) ?? '{}'), {});
  return { ...defaults, ...stored };
}

/** @param {Settings} settings */
export function saveSettings(settings) {
  tried(() => localStorage.setItem(settingsKey, JSON.stringify(settings)), undefined);
}

/** Another tab has changed them. @param {() => void} listener */
export function onSettingsChanged(listener) {
  addEventListener('storage', (event) => {
    if (event.key === settingsKey) listener();
  });
}

/** @param {string} place its key */
export function loadDraft(place) {
  return tried(() => localStorage.getItem(draftKey + place) ?? '', '');
}

/** With a password or a token in it nothing is kept. */
const secretDraft = /^\/(login|register|password|identify)\b|hub_[\w-]{40}/;

/** @param {string} place its key @param {string} text */
export function saveDraft(place, text) {
  tried(() => (text === '' || secretDraft.test(text) ? localStorage.removeItem(draftKey + place) : localStorage.setItem(draftKey + place, text)), undefined);
}

/** Whoever comes next is perhaps somebody else. */
export function clearDrafts() {
  tried(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(draftKey)) localStorage.removeItem(key);
  }, undefined);
}

/** A guest's name and rooms in this tab, for when the page is loaded again. @returns {{name: string, rooms: string[]}} */
export function loadTab() {
  return { name: '', rooms: [], ...tried(() => JSON.parse(sessionStorage.getItem(tabKey) ?? '{}'), {}) };
}

/** @param {{name: string, rooms: string[]} | null} tab */
export function saveTab(tab) {
  tried(() => (tab ? sessionStorage.setItem(tabKey, JSON.stringify(tab)) : sessionStorage.removeItem(tabKey)), undefined);
}
