import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatCore } from '../../../../kernel/compiler/format-core.ts';
import { parsePython } from '../../../../kernel/compiler/python/parse-python.ts';
import { readCaseFiles } from '../../../support/case-runner.ts';

/** What CPython's parser makes of each snippet, recorded by generate.py beside it: never rewritten from ours. */
for (const { path, cases } of readCaseFiles('test/kernel/compiler/cases/python-ast')) {
  for (const { title, source, line, sections } of cases) {
    test(`CPython agrees on tree and spans: ${path}:${line} ${title}`, () => {
      const result = parsePython(source, path);
      assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
      const expected = sections.find(({ name }) => name === 'ast')?.body ?? '';
      assert.is(result.ok ? formatCore(result.value, { spans: true }) : '', expected);
    });
  }
}

test.run();
