import { lsmagic } from './lsmagic.ts';
import { MagicRegistry } from './registry.ts';
import { rjitCellMagic } from './rjit-cell-magic.ts';
import { rjitLineMagic } from './rjit-line-magic.ts';
import { tsMagic } from './ts-magic.ts';

/** A registry with the magics that every session has. */
export function builtinMagics(): MagicRegistry {
  const registry = new MagicRegistry();
  registry.addLineMagic(lsmagic(registry));
  registry.addLineMagic(rjitLineMagic);
  registry.addLineMagic(tsMagic);
  registry.addCellMagic(rjitCellMagic);
  return registry;
}
