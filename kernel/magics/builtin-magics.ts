import { displayMagics } from './display-magics.ts';
import { loadMagic, runMagic, writefileMagic } from './file-magics.ts';
import { cdMagic, envMagic, lsMagic, pwdMagic } from './folder-magics.ts';
import { lsmagic } from './lsmagic.ts';
import { npmMagic } from './npm-magic.ts';
import { inspectMagic, inspectSourceMagic } from './question-magics.ts';
import { type CellMagic, type LineMagic, MagicRegistry } from './registry.ts';
import { rjitCellMagic } from './rjit-cell-magic.ts';
import { rjitLineMagic } from './rjit-line-magic.ts';
import { bashMagic, pythonMagic, scriptMagic, shellMagic, shMagic } from './shell-magics.ts';
import { timeCellMagic, timeMagic } from './time-magics.ts';
import { timeitCellMagic, timeitMagic } from './timeit-magics.ts';
import { tsMagic } from './ts-magic.ts';
import { historyMagic, resetMagic, whoMagic, whosMagic } from './variable-magics.ts';

const lineMagics: readonly LineMagic[] = [
  ...[cdMagic, envMagic, lsMagic, pwdMagic],
  ...[historyMagic, resetMagic, whoMagic, whosMagic],
  ...[inspectMagic, inspectSourceMagic],
  ...[loadMagic, runMagic],
  ...[npmMagic, shellMagic],
  ...[rjitLineMagic, tsMagic],
  ...[timeMagic, timeitMagic],
];

const cellMagics: readonly CellMagic[] = [
  ...displayMagics,
  ...[bashMagic, pythonMagic, scriptMagic, shMagic],
  rjitCellMagic,
  ...[timeCellMagic, timeitCellMagic],
  writefileMagic,
];

/** A registry with the magics that every session has. */
export function builtinMagics(): MagicRegistry {
  const registry = new MagicRegistry();
  registry.addLineMagic(lsmagic(registry));
  for (const magic of lineMagics) registry.addLineMagic(magic);
  for (const magic of cellMagics) registry.addCellMagic(magic);
  return registry;
}
