import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Autosave } from '../../../kernel/client/autosave.ts';
import { codeCell, notebookOf } from '../../support/echo-notebooks.ts';
import { eventually } from '../../support/eventually.ts';

const autosave = suite('autosave');

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-autosave-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

autosave('cells that end one after the other are saved together, the last one too', () =>
  inFolder(async (folder) => {
    let ended = 0;
    let snapshots = 0;
    const path = join(folder, 'n.ipynb');
    const saving = new Autosave({
      path,
      intervalMs: 60_000,
      snapshot: () => {
        snapshots += 1;
        return notebookOf(codeCell(`${ended} cells`, []));
      },
      onError: (error) => {
        throw error;
      },
    });
    for (; ended < 100; ended++) saving.cellEnded();
    await eventually('the cells are saved', () => readdirSync(folder).includes('n.ipynb'));
    saving.stop();
    assert.is(snapshots, 1);
    assert.match(readFileSync(path, 'utf8'), '100 cells');
  }),
);

autosave.run();
