// Windows into long lists, addresses, words of the languages, and what can be typed.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { hashOf, routeOf } from '../../client/web/app/route.js';
import { commands, findCommand, runCommand } from '../../client/web/app/commands.js';
import { english } from '../../client/web/languages/en.js';
import { russian } from '../../client/web/languages/ru.js';
import { chinese } from '../../client/web/languages/zh.js';
import { chooseLanguage, Translator } from '../../client/web/languages/translator.js';
import { Pages } from '../../client/web/model/pages.js';
import { Changes } from '../../client/web/model/changes.js';
import { Model } from '../../client/web/model/model.js';
import { whyNotSpeak } from '../../client/web/model/rights.js';
import { Signals } from '../../client/web/model/signals.js';
import { choosePages, choosePagesAround, heightOf } from '../../client/web/view/windowing.js';

const sizes = Array.from({ length: 4000 }, () => ({ rows: 25, height: 1000 }));

test('of a long list what is seen is drawn, and a screen around it, and never more than 300 rows', () => {
  for (const top of [0, 1, 999, 123_456, 3_999_000, 5_000_000]) {
    const { from, to } = choosePages(sizes, top, 800);
    const seenTop = Math.min(top, 3_999_200);
    assert.ok(heightOf(sizes, 0, from) <= seenTop && heightOf(sizes, 0, to) >= Math.min(seenTop + 800, 4_000_000), `${top}: ${from} to ${to}`);
    assert.ok((to - from) * 25 <= 300);
  }
  assert.deepEqual(choosePages([], 0, 800), { from: 0, to: 0 });
  const low = Array.from({ length: 400 }, () => ({ rows: 25, height: 25 }));
  const { from, to } = choosePages(low, 5000, 800);
  assert.ok((to - from) * 25 <= 300);
  assert.ok(choosePagesAround(sizes, 3999, 800).to === 4000);
});

const said = (seq) => ({ kind: 'message', key: `m${seq}`, seq, time: seq, isOwn: false, calls: [], message: { type: 'message', seq, time: '', from: 'bob', text: `${seq}` } });
const seqs = (pages) => pages.list.flatMap((page) => page.rows.map((row) => row.seq));

test('lines stand by their numbers, each once, whichever way they come', () => {
  const pages = new Pages();
  for (const seq of [10, 12, 11, 12, 30, 20, 10]) pages.add(said(seq));
  assert.deepEqual(seqs(pages), [10, 11, 12, 20, 30]);
  pages.prepend([said(1), said(2), said(10)]);
  assert.deepEqual(seqs(pages), [1, 2, 10, 11, 12, 20, 30]);
  for (let seq = 31; seq < 300; seq += 1) pages.add(said(seq));
  assert.ok(pages.list.every((page) => page.rows.length <= 100));
  assert.equal(pages.count(), 276);
  pages.trim(50);
  assert.ok(pages.count() >= 50 && pages.count() < 80 && pages.lastSeq() === 299);
});

test('an older stretch that reaches up to what is said now becomes one with it', () => {
  const [now, older] = [new Pages(), new Pages()];
  for (const seq of [50, 51, 52]) now.add(said(seq));
  for (const seq of [40, 45, 50, 51]) older.add(said(seq));
  now.prependAll(older);
  assert.deepEqual(seqs(now), [40, 45, 50, 51, 52]);
});

test('places have addresses, and addresses places', () => {
  assert.equal(hashOf({ isPrivate: false, name: 'lobby' }, 17), '#/room/lobby/17');
  for (const [name, isPrivate] of [['чай', false], ['小明', true], ['a-b_c.d', false]]) {
    assert.deepEqual(routeOf(hashOf({ isPrivate, name }, 5)), isPrivate ? { with: name, seq: 5 } : { room: name, seq: 5 });
  }
  assert.deepEqual(routeOf('#i=abc_-9'), { invite: 'abc_-9' });
  for (const hash of ['', '#', '#/room/', '#/room/%', '#i=<x>', '#/elsewhere/x']) assert.equal(routeOf(hash), null);
});

const sources = ['app', 'view', 'view/dialogs', 'languages'].flatMap((folder) => readdirSync(new URL(`../../client/web/${folder}/`, import.meta.url))
  .filter((name) => name.endsWith('.js')).map((name) => readFileSync(new URL(`../../client/web/${folder}/${name}`, import.meta.url), 'utf8')));

test('all words that the page uses are there in English', () => {
  const used = new Set(sources.flatMap((source) => [...source.matchAll(/\bt\((?:[^()'`]*\? )?'([\w.]+)'(?: : '([\w.]+)')?/g)].flatMap(([, ...keys]) => keys.filter(Boolean))));
  assert.ok(used.size > 100);
  for (const key of used) assert.ok(key in english, key);
  for (const { name } of commands) assert.ok(`command.${name}` in english, name);
});

const blanks = (words) => [...new Set((typeof words === 'string' ? [words] : Object.values(words)).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort().join();

for (const [name, table] of Object.entries({ russian, chinese })) {
  test(`${name} says the same as English`, (context) => {
    for (const [key, words] of Object.entries(table)) {
      // What the server says in English itself is translated under its code.
      if (!(key in english)) assert.match(key, /^error\./, key);
      else assert.equal(blanks(words), blanks(english[key]), key);
    }
    const missing = Object.keys(english).filter((key) => !(key in table));
    if (missing.length > 0) context.diagnostic(`in English until somebody translates it: ${missing.join(', ')}`);
  });
}

test('numbers are told as the language has them', async () => {
  const words = new Translator();
  await words.use('en', []);
  assert.equal(words.t('peopleCount', { n: 1 }), '1 person');
  await words.use('ru', []);
  assert.deepEqual([1, 3, 5, 21].map((n) => words.t('peopleCount', { n })), ['1 человек', '3 человека', '5 человек', '21 человек']);
  await words.use('auto', ['de-DE', 'zh-TW', 'en']);
  assert.equal(words.code, 'zh');
  assert.equal(chooseLanguage('auto', ['fr']).code, 'en');
  assert.equal(words.t('a key that nobody has'), 'a key that nobody has');
});

test('each command is called by one name', () => {
  const names = commands.flatMap(({ name, also }) => [name, ...also ?? []]);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.ok(findCommand(name));
});

test('what is no command is said, and what may be meant as one is not', () => {
  const done = [];
  const app = { t: (key) => key, words: { t: (key) => key }, open: (dialog) => done.push(dialog.kind), openRoom: async (room) => done.push(room) };
  const run = (text) => runCommand(/** @type {any} */ (app), /** @type {any} */ ({}), text);
  for (const text of ['hello', '//x', '  /etc/passwd', '/ 2', ' // remark', 'a /join b']) assert.equal(run(text), null, text);
  assert.equal(run(' /JOIN #dev'), 'done');
  assert.equal(run('／join dev'), 'done');
  assert.deepEqual(done, ['dev', 'dev']);
  assert.ok(run('/ join dev').why && run('/jion dev').why && run('/join').why);
});

test('who is put out is named, with how long and why as they were typed', () => {
  const done = [];
  const order = { ban: (place, ...what) => void done.push(what), kick: (place, ...what) => void done.push(what) };
  const app = { t: (key) => key, words: { t: (key) => key }, order, ask: async (request) => void done.push(request) };
  const run = (text, isPrivate = false) => runCommand(/** @type {any} */ (app), /** @type {any} */ ({ name: 'dev', isPrivate }), text);
  for (const text of ['/ban bob', '/ban bob 2h', '/silence bob 10m too loud', '/ban bob too loud', '/kick bob 2h of noise', '/kick bob', '/report 12 rude', '/report rude words'])
    assert.equal(run(text), 'done', text);
  assert.deepEqual(done, [
    ['bob', 'ban', 0, ''], ['bob', 'ban', 7_200_000, ''], ['bob', 'mute', 600_000, 'too loud'], ['bob', 'ban', 0, 'too loud'],
    ['bob', '2h of noise'], ['bob', ''],
    { type: 'report', room: 'dev', seq: 12, text: 'rude' }, { type: 'report', room: 'dev', text: 'rude words' },
  ]);
  for (const text of ['/ban', '/kick', '/report']) assert.ok(/** @type {any} */ (run(text)).why, text);
  assert.ok(/** @type {any} */ (run('/ban bob', true)).why);
});

test('a change that comes before its message, or while an older text is on its way, holds', () => {
  const changes = new Changes();
  assert.deepEqual(changes.note({ type: 'edited', seq: 1, change: 5, text: 'new', time: '2026-11-29T10:00:05.000Z', by: 'bob' }), [1]);
  assert.deepEqual(changes.note({ type: 'deleted', seqs: [2, 3], change: 6, by: 'bob' }), [2, 3]);
  const read = (seq, more = {}) => changes.applied({ ...said(seq).message, text: 'old', ...more });
  assert.deepEqual([read(1).text, read(2).deleted, read(4).text], ['new', true, 'old']);
  // What the server has told since is newer.
  assert.equal(read(1, { edited: '2026-11-29T10:00:09.000Z' }).text, 'old');
  for (let seq = 10; seq < 5000; seq += 1) changes.note({ type: 'deleted', seqs: [seq], change: seq, by: 'bob' });
  assert.ok(changes.last.size <= 2000);
});

test('who may not speak is told why, and until when', () => {
  const model = (more) => ({ account: '', guests: 'speak', role: '', lockdown: null, ...more });
  const place = (more) => ({ isPrivate: false, name: 'dev', role: '', rules: {}, silence: null, out: null, ...more });
  const why = (ofModel, ofPlace) => whyNotSpeak(/** @type {any} */ (model(ofModel)), /** @type {any} */ (place(ofPlace)), 1000)?.code ?? '';
  assert.equal(why({}, {}), '');
  assert.equal(why({}, { rules: { moderated: true } }), 'moderated');
  for (const role of ['voice', 'moderator', 'owner']) assert.equal(why({}, { role, rules: { moderated: true, accounts_only: 'speak' } }), '', role);
  assert.equal(why({ role: 'admin' }, { rules: { moderated: true } }), '');
  assert.equal(why({}, { rules: { accounts_only: 'speak' } }), 'login_required');
  assert.equal(why({ account: 'anna' }, { rules: { accounts_only: 'speak' } }), '');
  assert.equal(why({ lockdown: { level: 1 } }, {}), 'lockdown');
  assert.equal(why({ lockdown: { level: 1 }, account: 'anna' }, {}), '');
  assert.equal(why({}, { silence: { code: 'muted', until: 2000 } }), 'muted');
  assert.equal(why({}, { silence: { code: 'muted', until: 0 } }), 'muted');
  assert.equal(why({}, { silence: { code: 'slow_mode', until: 1000 } }), '');
  assert.equal(why({}, { out: { code: 'kicked_here', until: 0 } }), 'kicked_here');
  assert.equal(why({ guests: 'read' }, {}), 'guests_read');
  assert.equal(why({}, { isPrivate: true, name: '#12' }), 'account_erased');
});

test('one who is put out is out, and what is held of before is not gone on with', () => {
  const model = new Model(new Signals(() => undefined), { presence: 'all', highlight: [], ignored: [], levels: {} }, () => undefined);
  const take = (event) => model.take(event, false, 0);
  take({ type: 'welcome', name: 'anna', server: 'hubbub' });
  const joined = { type: 'joined', room: 'dev', topic: '', count: 2, members: ['anna', 'bob'], last: 1, history: [said(1).message], complete: true, roles: [{ name: 'bob', role: 'owner' }] };
  take(joined);
  const dev = model.places.get('dev');
  assert.equal(dev.roles.get('bob'), 'owner');
  take({ type: 'kicked', room: 'dev', name: 'ANNA', by: 'bob', reason: 'too loud' });
  assert.deepEqual([dev.isJoined, dev.out.code, dev.out.text, dev.roles.size], [false, 'kicked_here', 'too loud', 0]);
  take({ ...joined, last: 9, history: [said(9).message] });
  assert.deepEqual([dev.isJoined, dev.out, seqs(dev.tail)], [true, null, [9]]);
});
