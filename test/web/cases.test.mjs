// The cases that both clients run, on the page's modules: see test/client/cases/README.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Absence, Backoff } from '../../client/web/connection/backoff.js';
import { Feed } from '../../client/web/connection/feed.js';
import { Outbox, Pacer } from '../../client/web/connection/outbox.js';
import { Doorway } from '../../client/web/model/doorway.js';
import { Marks } from '../../client/web/model/marks.js';
import { Mentions } from '../../client/web/model/mention.js';
import { keyOf } from '../../client/web/model/names.js';
import { Model } from '../../client/web/model/model.js';
import { Place } from '../../client/web/model/place.js';
import { Signals } from '../../client/web/model/signals.js';

/** Runs `run` for each case of a file; for one with steps, `run` gives what carries a step out and tells what came of it. */
function each(file, run) {
  const { cases } = JSON.parse(readFileSync(new URL(`../client/cases/${file}.json`, import.meta.url), 'utf8'));
  for (const [at, one] of cases.entries()) {
    test(`${file}: ${one.name ?? at}`, () => {
      const step = run(one);
      one.steps?.forEach((each, index) => step(each, `step ${index}: ${JSON.stringify(each)}`));
    });
  }
}

each('backoff', ({ first, most, waits }) => {
  for (const chance of [0, 0.3, 0.999999]) {
    const backoff = new Backoff(first, most, () => chance);
    for (const step of waits) {
      if (step === null) {
        backoff.reset();
        continue;
      }
      const wait = backoff.next();
      assert.ok(wait >= Math.floor(step / 2) && wait <= step, `${wait} of ${step}`);
    }
  }
});

each('absence', ({ period, tolerance, begin }) => {
  const absence = new Absence(period, tolerance, begin);
  return ({ at, away, due }, what) => {
    assert.equal(absence.look(at), away, what);
    assert.equal(absence.due, due, what);
  };
});

each('outbox', () => {
  const outbox = new Outbox();
  const calls = {
    push: ({ text, kind, to = '' }) => outbox.push({ line: text, ref: text, id: kind === 'ask' ? '' : text, isPaced: kind !== 'ask', to }),
    rewind: ({ rate, burst }) => outbox.rewind(new Pacer(rate, burst)),
    answered: ({ ref, at }) => outbox.answered(ref, at),
    'came back': ({ id, at }) => outbox.cameBack(id, at),
    refused: ({ ref, until, at }) => outbox.refused(ref, until, at),
    'put off': ({ ref, when, at }) => outbox.putOff(ref, when, at),
    next: ({ at }) => outbox.next(at),
    size: () => outbox.queue.length,
  };
  return (step, what) => {
    if (step.do === 'send') return assert.equal(outbox.send(step.at).join(' '), step.sent, what);
    const outcome = calls[step.do](step);
    if ('is' in step) assert.equal(outcome, step.is, what);
  };
});

const numbered = (seqs) => seqs.map((seq) => ({ type: 'message', seq, text: '', from: 'bob' }));
const numbers = (messages) => messages.map(({ seq }) => seq);

const edits = (changes = []) => changes.map((change) => ({ type: 'edited', seq: 1, change, text: '', time: '' }));
const changesOf = (events) => events.map(({ change }) => change);

each('resume', ({ seen, epoch }) => {
  const feed = new Feed('lobby', seen, epoch);
  return (step, what) => {
    if (step.do === 'joined') {
      const joined = { type: 'joined', room: 'lobby', last: step.last, epoch: step.epoch ?? '', complete: step.complete, history: numbered(step.history), changes: edits(step.changes) };
      assert.equal(feed.resume(joined), step.gap, what);
      if (step.gap) return;
      assert.deepEqual(numbers(joined.history), step.told, what);
      assert.deepEqual(changesOf(joined.changes), step.changed ?? [], what);
    } else if (step.do === 'live') assert.equal(feed.take(numbered([step.seq])[0]), step.new, what);
    else if (step.do === 'change') feed.takeChange(edits([step.seq])[0]);
    else if (step.do === 'asks') assert.equal(feed.from(), step.is, what);
    else if (step.do === 'hold') feed.hold(numbered([step.seq])[0]);
    else if (step.do === 'forget') feed.forgetHeld();
    else if (step.do === 'seen') assert.equal(feed.seen, step.is, what);
    else if (step.do === 'page') {
      const page = { type: 'history', messages: numbered(step.messages), complete: step.complete, changes: edits(step.changes), next: step.next };
      assert.equal(feed.page(page), step.more, what);
      assert.deepEqual(numbers(page.messages), step.told, what);
      assert.deepEqual(changesOf(page.changes), step.changed ?? [], what);
    } else {
      const [joined, ...held] = feed.release();
      assert.deepEqual(numbers([...joined.history, ...held]), step.told, what);
    }
  };
});

const kinds = { edit: 'edited', delete: 'deleted' };

each('changes', () => {
  const place = new Place({ room: 'lobby' });
  const model = new Model(new Signals(() => undefined), { presence: 'all', highlight: [], ignored: [], levels: {} }, () => undefined);
  model.places.set(place.key, place);
  const texts = () => place.tail.list.flatMap((page) => page.rows.map(({ message }) => (message.deleted ? null : message.text)));
  return ({ do: kind, texts: expected, new: isNew, ...fields }, what) => {
    const before = JSON.stringify(place.tail.list);
    if (kind === 'message') {
      const edited = fields.edited ? { edited: '2026-11-29T10:00:00.000Z' } : {};
      place.add(model.said({ type: 'message', room: 'lobby', from: 'bob', time: '2026-11-29T10:00:00.000Z', ...fields, ...edited }), true);
    } else {
      const time = `2026-11-29T10:00:0${fields.change}.000Z`;
      model.take({ type: kinds[kind], room: 'lobby', by: 'bob', time, ...fields }, false, 0);
      assert.equal(JSON.stringify(place.tail.list) !== before, isNew, what);
    }
    assert.deepEqual(texts(), expected, what);
  };
});

each('mention', ({ names, texts, purpose = 'call', somebody = [] }) => {
  const mentions = new Mentions(names, purpose);
  for (const marked of texts) {
    let text = marked.replace(/[[\]]/g, '');
    const found = mentions.find(text, (name) => somebody.includes(name));
    for (const [from, to] of found.reverse()) text = `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`;
    assert.equal(text, marked);
  }
});

each('unread', () => {
  const place = new Place({ room: 'lobby' });
  return (step, what) => {
    if (step.do === 'read') place.readUpTo(step.seq);
    else if (step.do === 'look') place.look();
    else {
      const { seq, own = false, call = false, shown = false } = step;
      const message = { type: 'message', seq, from: own ? 'anna' : 'bob', text: 'x', time: '' };
      place.add({ kind: 'message', key: `m${seq}`, seq, time: 0, message, isOwn: own, calls: call ? [[0, 1]] : [] }, shown);
    }
    assert.deepEqual([place.unread(), place.calls()], [step.unread, step.calls], what);
  };
});

each('moves', () => {
  const doorway = new Doorway();
  const calls = {
    arrive: ({ name, told, at }) => doorway.arrive(name, told, at),
    depart: ({ name, reason, told, at }) => doorway.depart(name, reason, told, at),
    miss: ({ names, at }) => doorway.miss(names, at),
    rename: ({ old, new: name }) => doorway.rename(old, name),
  };
  return (step, what) => {
    if (step.do === 'due') assert.equal(doorway.nextDue(), step.is, what);
    else if (step.do === 'take') {
      const moves = doorway.take(step.at, step.speaker ?? '');
      const line = moves ? [...moves.joined.map((name) => `+${name}`), ...moves.left.map(({ name }) => `-${name}`)].join(' ') : '';
      assert.equal(line, step.line, what);
    } else calls[step.do](step);
  };
});

each('marks', () => {
  const marks = new Marks();
  return (step, what) => {
    if (step.do === 'next') {
      const asked = marks.next();
      assert.deepEqual(asked && [asked.key, asked.seq], step.is, what);
    } else if (step.do === 'settle') marks.settle({ key: step.place, seq: step.seq });
    else marks[step.do](step.place, step.seq);
  };
});

each('names', (spellings) => {
  for (const name of spellings) assert.equal(keyOf(name), keyOf(spellings[0]), name);
});
