import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparerName, comparerNamed } from '../../../../kernel/client/testing/comparers.ts';
import type { JsonValue } from '../../../../kernel/jupyter/messages.ts';

const comparers = suite('comparers');

function agree(name: ComparerName, expected: JsonValue, actual: JsonValue, rtol = 1e-6, atol = 0): boolean {
  return comparerNamed(name, { rtol, atol })(expected, actual) === undefined;
}

comparers('exact compares JSON by content and text by character', () => {
  assert.ok(agree('exact', { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }));
  assert.not(agree('exact', { a: [1, 2] }, { a: [2, 1] }));
  assert.not(agree('exact', 'a ', 'a'));
});

comparers('numbers may be off by the tolerance, in text and in JSON', () => {
  assert.ok(agree('numbers', 'x = 1.0000001e3, y=-2', 'x = 1000.0002, y=-2'));
  assert.not(agree('numbers', 'x = 1.001', 'x = 1.0'));
  assert.ok(agree('numbers', '0.0', '1e-12', 0, 1e-9));
  assert.not(agree('numbers', '0.0', '1e-12'));
  assert.ok(agree('numbers', { a: [1, 'b 2.0'] }, { a: [1.0000001, 'b 2.0000001'] }));
  assert.not(agree('numbers', { a: [1] }, { a: [1], b: 2 }));
});

comparers('what surrounds numbers must agree, but for how many blanks', () => {
  assert.ok(agree('numbers', 'a   1.0  b', 'a 1.0000001 b'));
  assert.not(agree('numbers', 'a 1', 'b 1'));
  assert.not(agree('numbers', 'a 1\nb', 'a 1 b'));
  assert.not(agree('numbers', 'nan', '1'));
});

comparers('a number within a name is no number', () => {
  assert.not(agree('numbers', 'int64', 'int65', 1));
  assert.not(agree('numbers', 'v1.2.3', 'v1.2.4', 1));
});

comparers('markup: order and quoting of attributes, white space, comments and drawn ids do not count', () => {
  const one =
    '<svg  width="3" id="a9f"><!-- made today --><use href="#a9f"/> <g style="fill: url(#a9f)"></g></svg>';
  const two = "<svg id='x' width=3><use href='#x'></use><g style='fill:  url(#x)'></g>\n</svg>";
  assert.ok(agree('markup', one.replace('/>', '></use>'), two));
});

comparers('markup: text, elements, attributes and what an id refers to do count', () => {
  assert.not(agree('markup', '<b>x</b>', '<b>y</b>'));
  assert.not(agree('markup', '<b>x</b>', '<i>x</i>'));
  assert.not(agree('markup', '<b class="x">x</b>', '<b>x</b>'));
  const references = (target: string) => `<a id="p"></a><a id="q"></a><a href="#${target}"></a>`;
  assert.not(agree('markup', references('p'), references('q')));
});

comparers('a > within an attribute does not end its tag', () => {
  assert.ok(agree('markup', '<a title="1 > 0" b="2">x</a>', '<a b="2" title="1 > 0">x</a>'));
});

comparers.run();
