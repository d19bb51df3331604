import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { injectedCode, ParameterError, parseParameters } from '../../../kernel/client/parameters.ts';
import { codeCell, notebookOf } from '../../support/echo-notebooks.ts';

const parameters = suite('parameters');

parameters('a value is JSON where it can be read as JSON, else text', () => {
  assert.equal(
    parseParameters(['n=3', 'x=-1.5e3', 'on=true', 'off=False', 'none=None', 's=a=b', 'l=[1,"x"]', 'e=']),
    {
      n: 3,
      x: -1500,
      on: true,
      off: false,
      none: null,
      s: 'a=b',
      l: [1, 'x'],
      e: '',
    },
  );
});

parameters('a word without a name is refused', () => {
  for (const word of ['n', '=3', '3=n', 'a b=1']) {
    assert.throws(
      () => parseParameters([word]),
      (error: unknown) => error instanceof ParameterError,
      word,
    );
  }
});

const values = { n: 3, on: true, none: null, s: 'it\'s "ä"\n', l: [1, { k: false }] };

parameters('they are assigned in Python and in TypeScript', () => {
  const notebook = notebookOf(codeCell('1'));
  assert.is(
    injectedCode(notebook, values, 'python').code,
    'n = 3\non = True\nnone = None\ns = "it\'s \\"ä\\"\\n"\nl = [1, {"k": False}]',
  );
  assert.is(
    injectedCode(notebook, values, 'typescript').code,
    'let n = 3;\nlet on = true;\nlet none = null;\nlet s = "it\'s \\"ä\\"\\n";\nlet l = [1,{"k":false}];',
  );
});

parameters('they come behind the cell tagged parameters, or first', () => {
  const tagged = codeCell('n = 1', [], { tags: ['parameters'] });
  assert.is(injectedCode(notebookOf(codeCell('0'), tagged, codeCell('n')), { n: 2 }, 'python').after, 1);
  assert.is(injectedCode(notebookOf(codeCell('n')), { n: 2 }, 'python').after, -1);
});

parameters.run();
