/** Stands on a line of its own between the modules of one IR text. To LLVM it is a comment. */
const SEPARATOR = '; ---- module ----';

/** One text of several modules: the first, and those that define functions it only declares. */
export function joinModules(modules: readonly string[]): string {
  return modules.join(`\n${SEPARATOR}\n`);
}

export function splitModules(ir: string): readonly string[] {
  return ir.split(`\n${SEPARATOR}\n`);
}
