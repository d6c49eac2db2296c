// Turns keys into words of the chosen language, and times into what its readers are used to.
// Knows no view. A table that lacks words is given the English ones when the page is put together.

/** @typedef {string | {one?: string, few?: string, many?: string, other: string}} Words by the plural of `n` */
/** @typedef {Record<string, Words>} Table */

/** A language is a file, and a line here. */
const languages = [
  { code: 'en', name: 'English', load: async () => (await import('./en.js')).english },
  { code: 'ru', name: 'Русский', load: async () => (await import('./ru.js')).russian },
  { code: 'zh', name: '中文', load: async () => (await import('./zh.js')).chinese },
];

/** For the settings. */
export const languageNames = languages.map(({ code, name }) => ({ code, name }));

/** @param {string} wanted `auto`, or a code @param {readonly string[]} preferred of the browser */
export function chooseLanguage(wanted, preferred) {
  const known = (/** @type {string} */ tag) => languages.find(({ code }) => tag.toLowerCase().split('-')[0] === code);
  const chosen = known(wanted) ?? preferred.map(known).find((each) => each !== undefined);
  return chosen ?? languages[0];
}

/** @type {[string, number][]} */
const units = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1000]];

const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]/;

/** What stands in a sentence must not turn it round. @param {string | number} value */
function isolated(value) {
  const text = String(value).replace(/[\u202A-\u202E\u2066-\u2069]/g, '');
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text;
}

/** @param {string} code */
function formatsOf(code) {
  const make = (/** @type {Intl.DateTimeFormatOptions} */ options) => new Intl.DateTimeFormat(code, options);
  return {
    plurals: new Intl.PluralRules(code),
    number: new Intl.NumberFormat(code),
    clock: make({ timeStyle: 'short' }),
    date: make({ weekday: 'long', day: 'numeric', month: 'long' }),
    dateAndYear: make({ day: 'numeric', month: 'long', year: 'numeric' }),
    full: make({ dateStyle: 'full', timeStyle: 'medium' }),
    short: make({ dateStyle: 'medium', timeStyle: 'short' }),
  };
}

export class Translator {
  constructor() {
    this.code = 'en';
    /** @type {Table} */
    this.table = {};
    this.formats = formatsOf('en');
  }

  /** @param {string} wanted @param {readonly string[]} preferred */
  async use(wanted, preferred) {
    const language = chooseLanguage(wanted, preferred);
    this.table = await language.load();
    this.code = language.code;
    this.formats = formatsOf(this.code);
  }

  /** @param {string} key @param {Record<string, string | number>} [values] what stands for {NAME} in the words */
  t(key, values = {}) {
    const words = this.table[key] ?? key;
    const text = typeof words === 'string' ? words
      : words[/** @type {'one'} */ (this.formats.plurals.select(Number(values.n)))] ?? words.other;
    return text.replace(/\{(\w+)\}/g, (_, name) => (
      name === 'n' ? this.formats.number.format(Number(values.n)) : isolated(values[name] ?? '')));
  }

  /** What a person can do about it: in his language if the code is known, else in the server's words.
   * @param {{code: string, text?: string}} error */
  error(error) {
    const words = this.table[`error.${error.code}`];
    if (words !== undefined && (this.code !== 'en' || !error.text)) return this.t(`error.${error.code}`);
    const text = error.text || this.t('error.unknown', { code: error.code });
    return text.slice(0, 1).toUpperCase() + text.slice(1);
  }

  /** A length of time in its own words. @param {number} ms */
  span(ms) {
    const [unit, size] = units.find(([, each]) => ms >= each && ms % each === 0) ?? units[units.length - 1];
    return new Intl.NumberFormat(this.code, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(ms / size));
  }

  /** @param {string | number | Date} time */
  when(time) {
    return this.formats.short.format(new Date(time));
  }

  /** @param {number} time @param {number} now */
  day(time, now) {
    const days = dayNumber(now) - dayNumber(time);
    if (days === 0) return this.t('today');
    if (days === 1) return this.t('yesterday');
    return days > 0 && days < 180 ? this.formats.date.format(time) : this.formats.dateAndYear.format(time);
  }
}

/** The number of the day, where the reader is. @param {number} time */
export function dayNumber(time) {
  const date = new Date(time);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
