import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Displays, OutputArea } from '../../../kernel/client/output-area.ts';
import type { JsonObject, Message } from '../../../kernel/jupyter/messages.ts';

function message(messageType: string, content: JsonObject): Message {
  const header = { messageId: '', session: '', username: '', date: '', messageType, version: '' };
  return {
    identities: [],
    header,
    headerJson: '{}',
    parentHeader: {},
    metadata: {},
    content,
    buffers: [],
  };
}

const stream = (name: string, text: string) => message('stream', { name, text });
const display = (text: string, id?: string, type = 'display_data') =>
  message(type, {
    data: { 'text/plain': text },
    metadata: {},
    transient: id === undefined ? {} : { display_id: id },
  });

function textsOf(area: OutputArea): readonly unknown[] {
  return area.outputs.map((output) => {
    if (output.outputType === 'stream') return `${output.name}: ${output.text}`;
    return output.outputType === 'error' ? output.ename : output.data['text/plain'];
  });
}

test('neighbouring pieces of one stream become one output', () => {
  const area = new OutputArea();
  const pieces = [stream('stdout', 'a'), stream('stdout', 'b'), stream('stderr', 'c'), stream('stdout', 'd')];
  for (const piece of pieces) area.apply(piece);
  assert.equal(textsOf(area), ['stdout: ab', 'stderr: c', 'stdout: d']);
});

test('results, displays and errors are kept with the count of the cell', () => {
  const area = new OutputArea();
  assert.is(area.executionCount, null);
  area.apply(message('execute_input', { code: 'x', execution_count: 7 }));
  area.apply(message('execute_result', { data: { 'text/plain': '1' }, metadata: {}, execution_count: 7 }));
  area.apply(message('error', { ename: 'E', evalue: 'v', traceback: ['t'] }));
  assert.is(area.executionCount, 7);
  assert.equal(area.outputs, [
    { outputType: 'execute_result', data: { 'text/plain': '1' }, metadata: {}, executionCount: 7 },
    { outputType: 'error', ename: 'E', evalue: 'v', traceback: ['t'] },
  ]);
});

test('clear_output clears at once, or when the next output comes', () => {
  const area = new OutputArea();
  area.apply(display('a'));
  area.apply(message('clear_output', { wait: false }));
  assert.equal(textsOf(area), []);
  area.apply(display('b'));
  area.apply(message('clear_output', { wait: true }));
  assert.equal(textsOf(area), ['b']);
  area.apply(stream('stdout', 'c'));
  assert.equal(textsOf(area), ['stdout: c']);
});

test('an update changes every display of its id, in all cells, and no other', () => {
  const displays = new Displays();
  const [first, second] = [new OutputArea(displays), new OutputArea(displays)];
  first.apply(display('a', 'one'));
  first.apply(display('b', 'two'));
  second.apply(display('c', 'one'));
  second.apply(display('new', 'one', 'update_display_data'));
  second.apply(display('lost', 'three', 'update_display_data'));
  assert.equal(textsOf(first), ['new', 'b']);
  assert.equal(textsOf(second), ['new']);
});

test.run();
