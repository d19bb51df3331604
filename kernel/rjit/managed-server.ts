/**
 * The process that a ManagedBackend starts: the server, and the clearing away of the endpoint's folder when whoever
 * started it was killed and can't.
 *
 * Arguments: the server's module (a file URL), the folder, then the server's own options.
 */
import { rmSync } from 'node:fs';

const [moduleUrl = '', folder = '', ...serverOptions] = process.argv.slice(2);
const starterPid = process.ppid;
const { serve }: { serve(argv: readonly string[]): Promise<number> } = await import(moduleUrl);
process.exitCode = await serve(serverOptions);
// An orphan has another parent than the one it began with.
if (process.ppid !== starterPid) rmSync(folder, { recursive: true, force: true });
