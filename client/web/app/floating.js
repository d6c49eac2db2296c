// What stands beside or above the chat: settings, panels, dialogs, and what is told in passing.
// Knows no connection; what settings mean is for those who read them.

/** @import { Settings } from './settings.js' */
/** @import { Translator } from '../languages/translator.js' */
import { Signals } from '../model/signals.js';
import { loadSettings, onSettingsChanged, saveSettings } from './settings.js';

/** @typedef {{label: string, run: () => void}} Offer what can be done about it */
/** @typedef {{id: number, text: string, kind: 'info' | 'error', offer?: Offer}} Toast */
/** @typedef {{kind: 'settings' | 'devices' | 'help' | 'switcher' | 'rooms' | 'topic' | 'register' | 'server' | 'room' | 'deed' | 'reports', [field: string]: any}} Dialog */

/** How long something is told in passing, milliseconds; and where there is something to do about it. */
const toldMs = { info: 5000, error: 9000 };
const offeredMs = 60_000;

export class Floating {
  /** @param {(flush: () => void) => void} schedule @param {Translator} words */
  constructor(schedule, words) {
    this.signals = new Signals(schedule);
    this.words = words;
    this.t = words.t.bind(words);
    this.settings = loadSettings();
    /** @type {Toast[]} */
    this.toasts = [];
    this.lastToast = 0;
    /** What a screen reader is to be told. */
    this.status = '';
    /** @type {Dialog | null} */
    this.dialog = null;
    /** @type {'people' | 'search' | ''} */
    this.panel = this.settings.showsPeople ? 'people' : '';
    /** The panel was wanted where it lies above the room: else it is only there where there is room for it. */
    this.isPanelWanted = false;
    /** Somebody has called, and one may want to be told next time. */
    this.offersNotes = false;
    /** Where there is one column: that of places instead of the room. */
    this.showsRooms = false;
    onSettingsChanged(() => this.takeSettings(loadSettings()));
  }

  /** @param {Partial<Settings>} change */
  change(change) {
    this.takeSettings({ ...this.settings, ...change });
    saveSettings(this.settings);
  }

  /** @param {Settings} settings */
  takeSettings(settings) {
    this.settings = settings;
    this.signals.tell('settings');
  }

  /** Whether one is to be notified; the browser may have to be asked. @param {boolean} wants */
  async notifyMe(wants) {
    const isGiven = wants && await Notification.requestPermission() === 'granted';
    this.change({ notify: isGiven, wasOffered: true });
  }

  /** @param {Dialog | null} dialog */
  open(dialog) {
    this.dialog = dialog;
    this.signals.tell('ui');
  }

  /** @param {'people' | 'search' | ''} panel @param {boolean} [isWanted] also where it lies above the room */
  openPanel(panel, isWanted = true) {
    this.panel = panel;
    this.isPanelWanted = isWanted;
    this.signals.tell('ui');
  }

  /** @param {string} text @param {'info' | 'error'} [kind] @param {Offer} [offer] */
  toast(text, kind = 'info', offer = undefined) {
    this.lastToast += 1;
    const id = this.lastToast;
    this.toasts = [...this.toasts.slice(-2), { id, text, kind, offer }];
    this.announce(text);
    setTimeout(() => this.dismiss(id), offer ? offeredMs : toldMs[kind]);
  }

  /** @param {number} id */
  dismiss(id) {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
    this.signals.tell('toast');
  }

  /** @param {string} text */
  announce(text) {
    this.status = text;
    this.signals.tell('toast');
  }

  /** @param {string} key of the language */
  say(key) {
    this.announce(this.words.t(key));
  }
}
