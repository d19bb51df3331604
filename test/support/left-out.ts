/** Tests that need what this machine may lack: without it they are not registered, and the runner says so at its end. */
import { type Clang, findClangs } from '../../kernel/rjit/foreign/find-clang.ts';

export function leaveOut(what: string, reason: string): void {
  process.stdout.write(`left out: ${what}: ${reason}\n`);
}

/** The first of the machine's clangs. Where there is none, `what` is left out. */
export function clangFor(what: string): Clang | undefined {
  const [clang] = findClangs();
  if (clang === undefined) leaveOut(what, 'there is no clang; node install.js --test-tools installs one');
  return clang;
}
