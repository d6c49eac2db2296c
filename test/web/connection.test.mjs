// The page's connection over links that end, with a clock and sockets of its own: when it comes back, and with what.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { Connection } from '../../client/web/connection/connection.js';

globalThis.crypto ??= webcrypto;

/** In place of the clock and the timers: time passes when it is told to. */
class Clock {
  now = 1_000_000;
  timers = new Map();
  count = 0;

  set(run, after, every) {
    this.timers.set(++this.count, { run, at: this.now + (after ?? 0), every });
    return this.count;
  }

  /** Runs what is due in the next so many milliseconds, in order. */
  pass(time) {
    const end = this.now + time;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      const [id, timer] = due;
      this.now = timer.at;
      if (timer.every === undefined) this.timers.delete(id);
      else timer.at += timer.every;
      timer.run();
    }
    this.now = end;
  }
}

/** In place of WebSocket; the test is the server. */
class Socket {
  static OPEN = 1;
  static CLOSED = 3;
  static all = [];

  constructor(url) {
    this.url = url;
    this.readyState = 0;
    this.sent = [];
    Socket.all.push(this);
  }

  send(line) { this.sent.push(JSON.parse(line)); }
  close() { this.readyState = Socket.CLOSED; }

  open() {
    this.readyState = Socket.OPEN;
    this.onopen();
    return this;
  }
  say(event) { this.onmessage({ data: JSON.stringify(event) }); }
  drop() {
    this.close();
    this.onclose();
  }
  /** What the page has sent of that type last. */
  last(type) { return this.sent.findLast((each) => each.type === type); }
}

const url = 'wss://chat.example/ws';
const limits = { line: 16384, text: 4096, messages_per_second: 0, messages_burst: 100 };
const welcome = { type: 'welcome', version: 1, server: 'hubbub', name: 'anna', account: false, limits, default_room: 'lobby' };
const bye = (code) => ({ type: 'bye', code, text: 'it ends' });

/** Runs it with a page of which nothing is real. */
function withPage(run) {
  const kept = {};
  const clock = new Clock();
  const stand = {
    setTimeout: (call, after) => clock.set(call, after),
    setInterval: (call, every) => clock.set(call, every, every),
    clearTimeout: (id) => clock.timers.delete(id),
    clearInterval: (id) => clock.timers.delete(id),
    WebSocket: Socket,
  };
  for (const name of Object.keys(stand)) kept[name] = globalThis[name];
  const realNow = Date.now;
  Object.assign(globalThis, stand);
  Date.now = () => clock.now;
  Socket.all = [];
  const told = [];
  const listener = {
    onEvent: (event, isMissed) => told.push(`${isMissed ? 'missed ' : ''}${event.type}`), onLinkLost: (wait) => told.push(`lost ${wait}`),
    onDialling: () => {}, onLinkBack: () => told.push('back'), onReady: () => told.push('ready'), onLag: () => {},
    onNameRefused: (error) => told.push(`refused ${error.code}`), onClosed: (error) => told.push(`closed ${error?.code}`),
  };
  const connection = new Connection(url, { name: 'anna', rooms: [], program: 'test' }, listener);
  try {
    return run({ clock, connection, told });
  } finally {
    connection.stop();
    Object.assign(globalThis, kept);
    Date.now = realNow;
  }
}

/** Lets the page in at its newest socket, where that is the last number. */
function letIn(last, history = []) {
  const socket = Socket.all.at(-1).open();
  socket.say(welcome);
  const join = socket.last('join');
  socket.say({ type: 'joined', room: 'lobby', topic: '', count: 1, members: ['anna'], last, epoch: 'e', history, complete: true, ref: join.ref });
  return socket;
}

/** After how many milliseconds there is a further socket. */
function nextSocket(clock) {
  const count = Socket.all.length;
  for (let waited = 0; waited < 60_000; waited += 1) {
    if (Socket.all.length > count) return waited;
    clock.pass(1);
  }
  assert.fail('it does not come back');
}

test('a server that shuts down is come back to at once, each page in a moment of its own, and gone on with', () => {
  const waits = [];
  for (let page = 0; page < 60; page += 1) {
    withPage(({ clock, connection, told }) => {
      const first = letIn(10);
      connection.send({ type: 'say', room: 'lobby', text: 'under way' });
      const say = first.last('say');
      first.say(bye('shutting_down'));
      waits.push(nextSocket(clock));
      told.length = 0;
      const second = letIn(11, [{ type: 'message', room: 'lobby', seq: 11, time: '2026-11-21T12:00:00Z', from: 'bob', text: 'meanwhile' }]);
      assert.equal(second.url, url);
      const join = second.last('join');
      assert.deepEqual([join.since, join.epoch], [10, 'e']);
      assert.equal(second.last('say').id, say.id);
      assert.deepEqual(told, ['back', 'welcome', 'missed joined', 'ready']);
      assert.equal(Socket.all.length, 2);
    });
  }
  assert.ok(Math.min(...waits) >= 250 && Math.max(...waits) <= 501, `${waits}`);
  // Of 250 milliseconds, sixty pages take more than twenty.
  assert.ok(new Set(waits).size > 20, `${waits}`);
});

test('while nobody lets it in the waits double, and after a link that works they are short again', () => {
  withPage(({ clock }) => {
    letIn(10).drop();
    for (const longest of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const wait = nextSocket(clock);
      assert.ok(wait >= longest / 2 && wait <= longest + 1, `${wait} of ${longest}`);
      Socket.all.at(-1).drop();
    }
    nextSocket(clock);
    letIn(10).say(bye('shutting_down'));
    assert.ok(nextSocket(clock) <= 501);
  });
});

test('a server that is silent is left, and its name is waited for at the next one', () => {
  withPage(({ clock, told }) => {
    letIn(10);
    const silent = nextSocket(clock);
    assert.ok(silent >= 18_000 && silent < 20_000, `${silent}`);
    for (let times = 0; times < 3; times += 1) {
      Socket.all.at(-1).open().say({ type: 'error', code: 'name_taken', text: '' });
      nextSocket(clock);
    }
    letIn(10);
    assert.ok(told.at(-1) === 'ready' && told.every((each) => !/refused|closed/.test(each)), `${told}`);
  });
});

test('a server that cannot store anything lets nobody in for now, which is no end', () => {
  withPage(({ clock, told }) => {
    letIn(10).drop();
    nextSocket(clock);
    Socket.all.at(-1).open().say({ type: 'error', code: 'storage_failed', text: '' });
    nextSocket(clock);
    letIn(10);
    assert.equal(told.at(-1), 'ready');
  });
  withPage(({ told }) => {
    Socket.all.at(-1).open().say({ type: 'error', code: 'storage_failed', text: '' });
    assert.deepEqual(told, ['closed storage_failed']);
  });
});

test('who was put off the server does not come back', () => {
  withPage(({ clock, told }) => {
    letIn(10).say(bye('kicked'));
    clock.pass(60_000);
    assert.equal(told.at(-1), 'closed kicked');
    assert.equal(Socket.all.length, 1);
  });
});
