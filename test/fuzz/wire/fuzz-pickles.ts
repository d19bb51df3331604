import { Complex } from '../../../backend/contract/complex.ts';
import { readPickle } from '../../../backend/contract/pickle-reader.ts';
import { writePickle } from '../../../backend/contract/pickle-writer.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { pickledPointer } from '../../../backend/service/rbc-pointer.ts';
import { mutateBytes } from './mutate-bytes.ts';

/** A pickle of a few hundred bytes that takes longer than this has found an expensive loop. */
const LONGEST_MS = 500;
const LONGEST_RANDOM_PICKLE = 200;
const MAX_PROBLEMS = 10;

/** Recorded from numpy 2: pickle.dumps((int64(…),), 4). */
const NUMPY_SCALAR =
  '8004956c000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
  '616c61729493948c056e756d7079948c0564747970659493948c02693894898887945294284b038c' +
  '013c944e4e4e4affffffff4affffffff4b0074946243080000000000000080948694529485942e';

/** Argument tuples of all kinds that RBC's client sends. */
export const pickleOriginals: readonly Uint8Array[] = [
  writePickle([1n, 3n]),
  writePickle([2n ** 63n, -(2n ** 31n) - 1n, 65_536n]),
  writePickle([1, 2.5, true, null]),
  writePickle([new Complex(1, 3.4), [1n, [2n, 3n]]]),
  writePickle([pickledPointer(0x1000n, { kind: 'pointer', element: { kind: 'int', bits: 64 } })]),
  Buffer.from(NUMPY_SCALAR, 'hex'),
];

/** The opcodes that the reader knows, the operands of which it may find anywhere, and a few that it refuses. */
const OPCODES = Buffer.from(
  '80954e88894a4b4d478a8c588d43428e2829858687745d6165947172686a9363528162' + '5d6194285293852e306f8f8163',
  'hex',
);

/**
 * Reads so many hostile pickles in this process: each must be a value or a RemoteError, soon.
 *
 * @returns what went wrong, with the pickle in hex
 */
export function fuzzPickles(count: number, random: () => number): string[] {
  const problems: string[] = [];
  for (let index = 0; index < count && problems.length < MAX_PROBLEMS; index += 1) {
    const bytes = hostilePickle(random);
    const problem = problemOf(bytes);
    if (problem !== undefined) problems.push(`pickle ${bytes.toString('hex')}: ${problem}`);
  }
  return problems;
}

/** A real pickle with some bytes changed, or opcodes at random, which reach deeper. */
export function hostilePickle(random: () => number): Buffer {
  const original = pickleOriginals[Math.floor(random() * pickleOriginals.length)] ?? new Uint8Array();
  return random() < 0.5 ? mutateBytes(original, random) : randomPickle(random);
}

function problemOf(bytes: Uint8Array): string | undefined {
  const started = performance.now();
  try {
    readPickle(bytes);
  } catch (error) {
    if (!(error instanceof RemoteError)) return `threw ${String(error)}`;
  }
  const ms = performance.now() - started;
  return ms > LONGEST_MS ? `took ${Math.round(ms)} ms` : undefined;
}

/** The operands are mostly small, so that lengths and memo numbers often fit. */
function randomPickle(random: () => number): Buffer {
  const bytes = [0x80, 4];
  const length = Math.floor(random() * LONGEST_RANDOM_PICKLE);
  while (bytes.length < length) {
    const pick = random();
    if (pick < 0.7) bytes.push(OPCODES[Math.floor(random() * OPCODES.byteLength)] ?? 0);
    else bytes.push(Math.floor(random() * (pick < 0.9 ? 4 : 256)));
  }
  bytes.push(0x2e);
  return Buffer.from(bytes);
}
