import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatMarker, type Marker, MarkerParser } from '../../../kernel/session/output-markers.ts';

const TOKEN = 'abc123';
const markers: readonly Marker[] = [
  { kind: 'source', cellId: 7, stream: 'stderr' },
  { kind: 'source', cellId: undefined, stream: 'stdout' },
  { kind: 'reset' },
  { kind: 'output', sequence: 12 },
];

/** What the parser makes of bytes that arrive in pieces of the given length; neighbouring text is joined. */
function parse(bytes: Buffer, length: number): readonly (string | Marker)[] {
  const items: (string | Marker)[] = [];
  let text: Buffer[] = [];
  const flush = (): void => {
    if (text.length > 0) items.push(Buffer.concat(text).toString('latin1'));
    text = [];
  };
  const parser = new MarkerParser(
    TOKEN,
    (chunk) => text.push(chunk),
    (marker) => {
      flush();
      items.push(marker);
    },
  );
  for (let start = 0; start < bytes.length; start += length)
    parser.push(bytes.subarray(start, start + length));
  parser.end();
  flush();
  return items;
}

const parsing = suite('output markers');

parsing('are found among text however the bytes are cut', () => {
  const written = markers.map((marker, index) => `text ${index}\x1b[31m${formatMarker(TOKEN, marker)}`);
  const bytes = Buffer.from(`${written.join('')}the end`, 'latin1');
  const expected = [...markers.flatMap((marker, index) => [`text ${index}\x1b[31m`, marker]), 'the end'];
  for (let length = 1; length <= bytes.length; length++) assert.equal(parse(bytes, length), expected);
});

parsing('of another token, and beginnings of markers, are text', () => {
  const text = `${formatMarker('other', { kind: 'output', sequence: 1 })}\x1b\x1b_rj\x1b_rjit-abc`;
  for (let length = 1; length <= text.length; length++)
    assert.equal(parse(Buffer.from(text), length), [text]);
});

parsing('that follow each other directly leave no empty text', () => {
  const bytes = Buffer.from(markers.map((marker) => formatMarker(TOKEN, marker)).join(''));
  assert.equal(parse(bytes, 5), markers);
});

parsing.run();
