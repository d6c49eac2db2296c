// What a text becomes: links that may be opened, signs that are shown, pieces that fit. Nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksIn } from '../../client/web/model/links.js';
import { glyphsOf, paragraphsOf, partsOf, plain } from '../../client/web/model/parts.js';
import { splitText } from '../../client/web/model/splitting.js';
import { bytesOf } from '../../client/web/wire.js';

const hrefs = (text) => linksIn(text).map(({ href }) => href).filter((href) => href !== '');
const shown = (text, calls = []) => partsOf(text, calls).map(({ kind, text: part }) => (kind === 'text' ? part : `<${kind} ${part}>`)).join('');

test('only http and https are opened', () => {
  assert.deepEqual(hrefs('see https://example.org/x?y=1#z, HTTP://EXAMPLE.org and www.example.com.'),
    ['https://example.org/x?y=1#z', 'HTTP://EXAMPLE.org', 'https://www.example.com']);
  for (const text of ['javascript:alert(1)', 'javascript://%0aalert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd',
    'ftp://example.org', 'mailto:a@example.org', 'https://', 'http://[', '<img src=x onerror=alert(1)>']) {
    assert.deepEqual(hrefs(text), [], text);
  }
});

test('what belongs to the sentence is not of the link', () => {
  assert.equal(shown('(see https://example.org/a_(b)).'), '(see <link https://example.org/a_(b)>).');
  assert.equal(shown('https://example.org/x: yes'), '<link https://example.org/x>: yes');
  assert.equal(shown('看https://пример.рф/путь，好'), '看<link https://пример.рф/путь>，好');
});

test('what would turn text round is shown, and what only marks a direction is left', () => {
  assert.equal(shown('a\u202Eb\u2066c\u200Fd'), 'a<sign U+202E>b<sign U+2066>c\u200Fd');
  assert.equal(plain('a\u202Eb \n c'), 'ab c');
});

test('calls and links stand beside each other', () => {
  assert.equal(shown('anna: https://example.org', [[0, 4]]), '<call anna>: <link https://example.org>');
});

test('markup is text', () => {
  assert.equal(shown('<b onclick="x">&amp;</b>'), '<b onclick="x">&amp;</b>');
});

test('quoted lines are told from what is said to them', () => {
  assert.deepEqual(paragraphsOf('> one\n> two\nyes\nno').map(({ isQuote, text }) => [isQuote, text]), [[true, 'one'], [true, 'two'], [false, 'yes\nno']]);
  for (const { from, text } of paragraphsOf('a\n> b\nc')) assert.equal('a\n> b\nc'.slice(from, from + text.length), text);
});

test('glyphs of Han are drawn for the language of the text, or else of the reader', () => {
  assert.equal(glyphsOf('hello', ['en']), undefined);
  assert.equal(glyphsOf('直す', ['zh']), 'ja');
  assert.equal(glyphsOf('直', ['en', 'zh-TW']), 'zh-TW');
  assert.equal(glyphsOf('直', ['ru']), 'zh-Hans');
});

test('a text that is too long becomes pieces that fit and have all of it', () => {
  for (const text of ['word '.repeat(3000), 'слово '.repeat(2000), '你'.repeat(5000), '🎉'.repeat(3000), 'line of text\n'.repeat(900)]) {
    const pieces = splitText(text, 4096);
    for (const piece of pieces) assert.ok(bytesOf(piece) <= 4096 && piece.isWellFormed?.() !== false);
    assert.equal(pieces.join('').replace(/\s/g, ''), text.replace(/\s/g, ''));
  }
  assert.deepEqual(splitText('short', 4096), ['short']);
});

test('a text that is made to be slow is not', () => {
  const begun = performance.now();
  for (const text of ['a'.repeat(4096), 'www.'.repeat(1024), '@a.'.repeat(1300), 'e' + '\u0301'.repeat(4000), 'http://('.repeat(500), ').'.repeat(2000)]) partsOf(text, []);
  assert.ok(performance.now() - begun < 1000);
});
