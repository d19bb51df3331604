import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinMagics } from '../../../kernel/magics/builtin-magics.ts';
import type { CellMagicContext } from '../../../kernel/magics/context.ts';
import { parseCell } from '../../../kernel/magics/parse-cell.ts';
import { RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { readCaseFiles, runCases } from '../../support/case-runner.ts';
import { unusedContext } from '../../support/magic-context.ts';

/*
 * Wrong programs, as whole cells, and what their authors see. Nothing is sent to a server: defining functions parses
 * and types them.
 */
const FOLDER = 'test/kernel/compiler/errors';
const FEWEST_EACH = 75;
const jit = new RemoteJIT();

async function messageOf(cell: string): Promise<string> {
  const magics = builtinMagics();
  const parsed = parseCell(cell, magics);
  if (parsed.kind !== 'cell-magic') throw new Error(`a wrong program is a cell of functions: ${cell}`);
  const context: CellMagicContext = {
    ...unusedContext,
    jit,
    defineGlobal: () => undefined,
    write: () => undefined,
    typeChecks: async () => 'off',
    fileName: 'In[1]',
    cell,
    argumentsOffset: parsed.argumentsOffset,
    bodyLine: parsed.bodyLine,
  };
  try {
    await magics.runCellMagic(parsed.name, parsed.arguments, parsed.body, context);
    return 'none';
  } catch (error) {
    if (error instanceof Error && /^(?:CompileError|UsageError)$/.test(error.name)) return error.message;
    throw error;
  }
}

runCases(FOLDER, async ({ case: { source } }) => messageOf(source));

const all = suite('wrong programs');
const files = readCaseFiles(FOLDER);

all('are many, in each language', () => {
  for (const language of ['python', 'typescript']) {
    const cases = files.filter(({ path }) => path.startsWith(language)).flatMap((file) => file.cases);
    assert.ok(cases.length >= FEWEST_EACH, `${language} has ${cases.length}`);
  }
});

all('are refused with a message that says what was found and what to do', () => {
  for (const { path, cases } of files) {
    for (const { title, sections } of cases) {
      for (const diagnostic of (sections[0]?.body ?? '').split(/\n\n(?=error)/)) {
        const where = `${path}: ${title}\n${diagnostic}`;
        assert.not.match(diagnostic, /unexpected|undefined|internal/i, where);
        assert.not.equal(diagnostic, 'none', where);
        if (!diagnostic.startsWith('error')) continue;
        assert.match(diagnostic, / --> In\[1\]:\d+:\d+\n/, where);
        assert.match(diagnostic, /\n +\| +\^/, where);
        assert.match(diagnostic, /\n +\| +\^+\n += hint: /, where);
      }
    }
  }
});

all.run();
