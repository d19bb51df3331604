import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fileLabel,
  labelledFile,
  packLocation,
  shiftFileLabels,
  unpackLocation,
} from '../../../backend/contract/source-location.ts';

test('a location in the first file is its line', () => {
  assert.is(packLocation({ file: 0, line: 7 }), 7);
  assert.equal(unpackLocation(7), { file: 0, line: 7 });
});

test('the file is in the bits from 20 on, and a line that does not fit is the greatest', () => {
  assert.is(packLocation({ file: 3, line: 5 }), 3 * 2 ** 20 + 5);
  assert.equal(unpackLocation(3 * 2 ** 20 + 5), { file: 3, line: 5 });
  assert.equal(unpackLocation(packLocation({ file: 2, line: 9_999_999 })), { file: 2, line: 2 ** 20 - 1 });
  assert.equal(unpackLocation(packLocation({ file: 4095, line: 1 }) | 0), { file: 4095, line: 1 });
});

test('a line table names files by index, and other names are taken as they are', () => {
  const files = ['In[1]', 'In[2]'];
  assert.is(labelledFile(fileLabel(1), files), 'In[2]');
  assert.is(labelledFile('math.h', files), 'math.h');
  assert.is(labelledFile('#2', files), undefined);
});

test('labels move along when a module becomes part of another', () => {
  const ir = '!1 = !DIFile(filename: "#0", directory: "")\n!2 = !DIFile(filename: "x#0.h", directory: "#0")';
  assert.is(shiftFileLabels(ir, 2), ir.replace('"#0", dir', '"#2", dir'));
});

test.run();
