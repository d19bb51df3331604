import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparerName, comparerNamed } from '../../../../kernel/client/testing/comparers.ts';
import type { JsonObject, JsonValue } from '../../../../kernel/jupyter/messages.ts';

const comparers = suite('comparers');

function agree(name: ComparerName, expected: JsonValue, actual: JsonValue, rtol = 1e-6, atol = 0): boolean {
  return comparerNamed(name, { rtol, atol, pixelShare: 0.001 })(expected, actual) === undefined;
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

function png(width: number, height: number, inkAt: (x: number, y: number) => number): string {
  const image = new PNG({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      image.data.fill(inkAt(x, y), 4 * (y * width + x), 4 * (y * width + x) + 3);
  }
  for (let alpha = 3; alpha < image.data.length; alpha += 4) image.data[alpha] = 255;
  return PNG.sync.write(image).toString('base64');
}

comparers('pixels: what the eye does not see does not count, nor how the file is made', () => {
  const disc = (ink: number) => (x: number, y: number) => ((x - 50) ** 2 + (y - 50) ** 2 < 900 ? ink : 255);
  assert.ok(agree('pixels', png(100, 100, disc(0)), png(100, 100, disc(4))));
  assert.ok(
    agree('pixels', png(100, 100, disc(0)), `${png(100, 100, disc(0)).replace(/(.{76})/g, '$1\n')}\n`),
  );
  assert.not(agree('pixels', png(100, 100, disc(0)), png(100, 100, disc(120))));
});

comparers('pixels: the difference says how many differ, or how large the image is', () => {
  const compare = comparerNamed('pixels', { rtol: 0, atol: 0, pixelShare: 0.001 });
  const white = png(20, 10, () => 255);
  assert.is(
    compare(
      white,
      png(20, 10, (x) => (x < 10 ? 0 : 255)),
    )?.actual,
    '100 of 200 pixels differ, 50 %; allowed are 0.1 %',
  );
  assert.is(
    compare(
      white,
      png(10, 20, () => 255),
    )?.actual,
    '10 × 20 pixels; expected 20 × 10',
  );
  assert.is(compare(white, 'aGVsbG8=')?.actual, "this run's is no PNG image");
});

function chart(data: string, param: string, values: readonly number[]): JsonObject {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.20.1.json',
    data: { name: data },
    datasets: { [data]: values.map((v) => ({ v })) },
    mark: 'bar',
    params: [{ name: param, select: 'interval', bind: 'scales' }],
    encoding: { x: { field: 'v', condition: { param } } },
  };
}

comparers('vega-lite: drawn names and the version of the schema do not count', () => {
  const one = chart('data-0123456789abcdef', 'param_1', [1, 2]);
  const two = chart('data-fedcba9876543210', 'param_7', [1, 2.0000001]);
  assert.ok(agree('vega-lite', one, { ...two, $schema: 'v6' }));
});

comparers('vega-lite: what is drawn counts', () => {
  const one = chart('data-0123456789abcdef', 'param_1', [1, 2]);
  assert.not(agree('vega-lite', one, chart('data-0123456789abcdef', 'param_1', [1, 3])));
  assert.not(agree('vega-lite', one, { ...one, mark: 'line' }));
  assert.not(agree('vega-lite', chart('mine', 'p', [1]), chart('yours', 'p', [1])));
});

comparers.run();
