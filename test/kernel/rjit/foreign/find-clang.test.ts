import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseClang, findClangs } from '../../../../kernel/rjit/foreign/find-clang.ts';
import { clangFor } from '../../../support/left-out.ts';

interface Context {
  folder: string;
}

const finding = suite<Context>('finding clang', { folder: '' });

finding.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'rjit-find-clang-'));
});
finding.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

/** A command that answers `--version` with `text`. */
async function command(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${text}'\n`);
  await chmod(path, 0o755);
  return path;
}

finding('every clang on the path is found, clang itself first', async ({ folder }) => {
  const nineteen = await command(folder, 'clang-19', 'Debian clang version 19.1.7 (3~deb12u1)');
  const plain = await command(folder, 'clang', 'Ubuntu clang version 14.0.0-1ubuntu1.1');
  await command(folder, 'clang-cpp-19', 'clang version 19.1.7');
  assert.equal(findClangs({ PATH: folder }), [
    { command: plain, major: 14, version: 'Ubuntu clang version 14.0.0-1ubuntu1.1' },
    { command: nineteen, major: 19, version: 'Debian clang version 19.1.7 (3~deb12u1)' },
  ]);
});

finding('RJIT_CLANG names the only one', async ({ folder }) => {
  await command(folder, 'clang', 'clang version 14.0.0');
  const own = await command(folder, 'my-compiler', 'clang version 16.0.6');
  const found = findClangs({ PATH: folder, RJIT_CLANG: own });
  assert.equal(
    found.map(({ major }) => major),
    [16],
  );
  assert.equal(findClangs({ PATH: folder, RJIT_CLANG: join(folder, 'gone') }), []);
});

finding('a command that is called clang and is not is passed over', async ({ folder }) => {
  await command(folder, 'clang', 'gcc (Debian 12.2.0-14) 12.2.0');
  assert.equal(findClangs({ PATH: folder }), []);
});

finding('Apple’s clang has the version of the LLVM it is made from', async ({ folder }) => {
  await command(folder, 'clang', 'Apple clang version 14.0.3 (clang-1403.0.22.14.1)');
  assert.is(findClangs({ PATH: folder })[0]?.major, 15);
});

finding('the one of the server’s version is chosen, then an older, then a newer one', () => {
  const clangs = [14, 16, 19, 22].map((major) => ({ command: '', version: '', major }));
  const chosen = (server: number, of = clangs) => chooseClang(of, server)?.major;
  assert.is(chosen(16), 16);
  assert.is(chosen(18), 16);
  assert.is(chosen(14), 14);
  assert.is(chosen(15, clangs.slice(1)), 16);
  assert.is(chosen(19, []), undefined);
});

const clang = clangFor('the machine’s own clang');
if (clang) {
  finding('this machine’s clang says its version', () => {
    assert.ok(clang.major >= 14, clang.version);
  });
}

finding.run();
