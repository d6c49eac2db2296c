// The page's side of the protocol, line by line: coming in, coming back, and what is sent again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '../../client/web/connection/session.js';

function begin(profile = { name: 'anna', rooms: [], program: 'test' }) {
  const told = [];
  const session = new Session(profile, 'tag', {
    onEvent: (event, isMissed) => told.push(`${isMissed ? 'missed ' : ''}${event.type}${event.text ? ` ${event.text}` : ''}`),
    onLinkBack: () => told.push('back'), onReady: () => told.push('ready'),
  });
  const read = (event, now = 0) => session.read(typeof event === 'string' ? event : JSON.stringify(event), now);
  const sent = (now = 0) => session.takeOutput(now).map((line) => JSON.parse(line));
  return { session, told, read, sent };
}

const welcome = { type: 'welcome', version: 1, server: 'hubbub', name: 'anna', account: false, limits: { line: 16384, text: 4096 }, default_room: 'lobby' };
const message = (seq, text, more = {}) => ({ type: 'message', room: 'lobby', seq, time: '2026-11-21T12:00:00Z', from: 'bob', text, ...more });
const joined = (ref, more = {}) => ({ type: 'joined', room: 'lobby', topic: '', count: 1, members: ['anna'], last: 10, epoch: 'e', history: [], complete: true, ref, ...more });

function open(profile) {
  const scene = begin(profile);
  scene.session.linkUp();
  const [hello] = scene.sent();
  scene.read(welcome);
  const [join] = scene.sent();
  scene.read(joined(join.ref));
  return { ...scene, hello, join };
}

test('one says hello, enters the default room, and is there', () => {
  const { hello, join, told } = open();
  assert.deepEqual([hello.type, hello.version, hello.name], ['hello', 1, 'anna']);
  assert.deepEqual([join.type, join.room, join.since], ['join', 'lobby', undefined]);
  assert.deepEqual(told, ['welcome', 'joined', 'ready']);
});

test('who has a cookie says hello without a name, also when coming back', () => {
  const { session, hello, sent } = open({ name: '', rooms: [], program: 'test' });
  assert.ok(!('name' in hello));
  session.linkDown();
  session.linkUp();
  assert.ok(!('name' in sent()[0]));
});

test('what was missed comes first, once, and what was typed meanwhile is sent once', () => {
  const { session, told, read, sent } = open();
  session.send({ type: 'say', room: 'lobby', text: 'first' });
  session.send({ type: 'say', room: 'lobby', text: 'second' });
  const [first, second] = sent();
  session.linkDown();
  session.send({ type: 'say', room: 'lobby', text: 'third' });
  session.linkUp();
  assert.deepEqual(sent().map(({ type }) => type), ['hello']);
  read(welcome);
  const [join] = sent();
  assert.deepEqual([join.since, join.epoch], [10, 'e']);
  told.length = 0;
  read(joined(join.ref, { last: 12, history: [message(11, 'first', { from: 'anna', id: first.id }), message(12, 'meanwhile')] }));
  assert.deepEqual(told, ['missed joined', 'ready']);
  assert.deepEqual(sent().map(({ text, id }) => [text, id]), [['second', second.id], ['third', second.id.replace(/\d+$/, (n) => Number(n) + 2)]]);
});

test('a gap is read page by page before anything is said', () => {
  const { session, told, read, sent } = open();
  session.linkDown();
  session.linkUp();
  sent();
  read(welcome);
  const [join] = sent();
  told.length = 0;
  read(joined(join.ref, { last: 15, complete: false, history: [message(15, 'e')] }));
  const [page] = sent();
  assert.deepEqual([page.type, page.after], ['history', 10]);
  read(message(16, 'f'));
  read({ type: 'history', room: 'lobby', messages: [message(11, 'a'), message(15, 'e')], complete: false, ref: page.ref });
  assert.deepEqual(told, ['missed history', 'missed joined', 'missed message f', 'ready']);
});

test('a refused name is told, a broken token too, and after kicked one stays away', () => {
  const { session, read, sent } = begin();
  session.linkUp();
  sent();
  assert.equal(read({ type: 'error', code: 'name_taken', text: '' }).step, 'name refused');
  const inside = open();
  assert.equal(inside.read({ type: 'bye', code: 'kicked', text: '' }).step, 'closed for good');
  assert.equal(open().read({ type: 'bye', code: 'shutting_down', text: '' }).step, 'turned away');
});

test('a message to somebody who is not back yet is sent again, for a while', () => {
  const { session, read, sent, told } = open();
  session.send({ type: 'tell', to: 'bob', text: 'psst' });
  sent();
  session.linkDown();
  session.linkUp();
  sent();
  read(welcome, 1000);
  read(joined(sent(1000)[0].ref), 1000);
  const [again] = sent(1000);
  told.length = 0;
  read({ type: 'error', code: 'no_such_user', text: '', ref: again.ref, id: again.id }, 1100);
  assert.deepEqual([told, sent(1499)], [[], []]);
  assert.equal(sent(1500)[0].text, 'psst');
  read({ type: 'error', code: 'no_such_user', text: '', ref: again.ref, id: again.id }, 16_000);
  assert.deepEqual(told, ['error']);
});

test('what is not known, or no line of the protocol, is passed over', () => {
  const { read } = open();
  for (const line of ['* you are guest-1', '{"type":"of a later server","x":1}', '{', 'null', '[]', '5']) assert.equal(read(line).step, 'go on', line);
});

test('who is put out of a room does not come back by himself, and what was asked for of it is waited for no more', () => {
  for (const event of [{ type: 'kicked', room: 'lobby', name: 'ANNA', by: 'bob', reason: '' }, { type: 'closed', room: 'lobby', by: 'bob' }]) {
    const { session, read, sent, told } = open();
    read(event);
    session.linkDown();
    session.linkUp();
    sent();
    told.length = 0;
    read(welcome);
    assert.deepEqual(sent(), []);
    assert.deepEqual(told, ['back', 'welcome', 'ready']);
  }
  const { session, read, sent, told } = open();
  session.linkDown();
  session.linkUp();
  sent();
  read(welcome);
  read(joined(sent()[0].ref, { last: 15, complete: false, history: [message(15, 'e')] }));
  sent();
  told.length = 0;
  read({ type: 'kicked', room: 'lobby', name: 'anna', by: 'bob', reason: '' });
  assert.deepEqual(told, ['kicked', 'ready']);
});

test('changes count for where one goes on, and wait for the gap before them', () => {
  const { session, read, sent, told } = open();
  read({ type: 'edited', room: 'lobby', seq: 5, change: 14, text: 'x', time: '', by: 'bob' });
  session.linkDown();
  session.linkUp();
  sent();
  read(welcome);
  const [join] = sent();
  assert.equal(join.since, 14);
  told.length = 0;
  read(joined(join.ref, { last: 20, complete: false, history: [message(20, 'e')] }));
  const [page] = sent();
  assert.equal(page.after, 14);
  read({ type: 'deleted', room: 'lobby', seqs: [20], change: 21, by: 'bob' });
  assert.deepEqual(told, []);
  read({ type: 'history', room: 'lobby', messages: [], changes: [{ type: 'edited', room: 'lobby', seq: 6, change: 16, text: 'y', time: '', by: 'bob' }], complete: false, next: 16, ref: page.ref });
  const [next] = sent();
  assert.equal(next.after, 16);
  read({ type: 'history', room: 'lobby', messages: [message(20, 'e')], complete: true, ref: next.ref });
  assert.deepEqual(told, ['missed history', 'missed joined', 'missed deleted', 'ready']);
});

test('a room that asks for a key is given it again after a broken link', () => {
  const { session, read, sent } = open();
  session.send({ type: 'join', room: 'Den', key: 'sesame' });
  const [first] = sent();
  read(joined(first.ref, { room: 'Den' }));
  session.linkDown();
  session.linkUp();
  sent();
  read(welcome);
  assert.deepEqual(sent().map(({ room, key }) => [room, key]), [['lobby', undefined], ['Den', 'sesame']]);
});
