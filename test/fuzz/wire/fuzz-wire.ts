import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { residentByteLength } from '../../../backend/service/memory-watch.ts';
import type { BackendProcess } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { addition } from '../../support/ir-functions.ts';
import { childrenOf } from '../../support/process-state.ts';
import { seededRandom } from '../../support/random.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { TestSession } from '../../support/rjit-client.ts';
import { type Arena, type Attack, attacks } from './attacks.ts';
import { rbcCompile } from './real-messages.ts';

/** Half-open connections are to be closed while the run lasts. */
export const wireServerOptions = [
  '--message-timeout-ms',
  '1000',
  '--max-message-bytes',
  '1000000',
  '--no-object-cache',
  '--rbc',
] as const;

/** Inputs between two looks at whether others are still served. */
const INPUTS_PER_LOOK = 20_000;
const LANES = 8;
/** Above what a garbage collector may leave for later. */
const ALLOWED_GROWTH = 160 * 2 ** 20;

export interface WireFuzzOptions {
  readonly count: number;
  readonly seed: number;
  progress(done: number): void;
}

export interface WireFuzzReport {
  readonly inputs: ReadonlyMap<string, number>;
  /** Resident memory of the server and its workers: after the first look, and at the end. */
  readonly residentBefore: number;
  readonly residentAfter: number;
  readonly problems: readonly string[];
}

/** Sends so many hostile inputs to a server, and sees that nothing but their connections suffers. */
export async function fuzzWire(
  backend: BackendProcess,
  port: number,
  { count, seed, progress }: WireFuzzOptions,
): Promise<WireFuzzReport> {
  const [victim, observer] = [await TestSession.open(port), await TestSession.open(port)];
  const [handle = 0] = await victim.compile(addition('add'), 'add');
  const [add = 0] = await observer.compile(addition('add'), 'add');
  await compileForRbc(port);
  const workers = await observer.control.client.status();
  const descriptors = descriptorCount(backend.pid);
  const inputs = new Map<string, number>(attacks.map(({ name }) => [name, 0]));
  const abandoned = new Set<Socket>();
  let residentBefore = 0;
  let done = 0;

  const lane = async (index: number, until: number) => {
    const random = seededRandom(seed * LANES + index + done);
    const other = { session: observer.id, handle: add };
    const arena: Arena = { port, session: victim.id, handle, other, random, abandoned };
    while (done < until) {
      const attack = choose(random);
      const sent = await attack.run(arena);
      inputs.set(attack.name, (inputs.get(attack.name) ?? 0) + sent);
      done += sent;
    }
  };
  while (done < count) {
    const until = Math.min(count, done + INPUTS_PER_LOOK);
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index, until)));
    const sum = await addIn(observer, add, BigInt(done));
    if (sum !== BigInt(done) + 1n) throw new Error(`another session's ${done} + 1 was answered with ${sum}`);
    if (residentBefore === 0) residentBefore = residentOf(backend.pid);
    progress(done);
  }

  await eventually('the server closes connections that were left open', () => abandoned.size === 0);
  await eventually(
    'the server holds no connection of the attackers',
    // Spare workers come and go with sessions of a hello that was good enough.
    () => descriptorCount(backend.pid) <= descriptors + 16,
  );
  const residentAfter = residentOf(backend.pid);
  const problems = problemsIn(backend.log);
  const after = await observer.control.client.status();
  for (const [name, pid] of Object.entries(workers.workerPids)) {
    if (name !== 'spare' && after.workerPids[name] !== pid)
      problems.push(`the worker of session ${name} was replaced`);
  }
  if (residentAfter - residentBefore > ALLOWED_GROWTH) {
    problems.push(`memory grew from ${residentBefore} to ${residentAfter} bytes`);
  }
  const [again = 0] = await victim.compile(addition('add'), 'add');
  if ((await addIn(victim, again, 2n)) !== 3n) problems.push('the attacked session does not add any more');
  victim.close();
  observer.close();
  return { inputs, residentBefore, residentAfter, problems };
}

/** a + 1, or undefined when the connection is closed: node-thrift leaves such a call without an end. */
async function addIn(session: TestSession, handle: number, a: bigint): Promise<bigint | undefined> {
  return Promise.race([session.call(handle, a, 1n), session.data.closed.then(() => undefined)]);
}

async function compileForRbc(port: number): Promise<void> {
  const connection = new RawConnection(port);
  await connection.send(rbcCompile(addition('add')));
  await eventually('the module of RBC clients is compiled', () => connection.received.byteLength > 0);
  connection.close();
}

function choose(random: () => number): Attack {
  const total = attacks.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  for (const attack of attacks) {
    left -= attack.weight;
    if (left < 0) return attack;
  }
  throw new Error('unreachable: the weights add up to the total');
}

/** Lines of the log that no client's bytes should ever cause. */
function problemsIn(log: string): string[] {
  return log.split('\n').filter((line) => /error:|worker ended|replacing a worker|worker-died/.test(line));
}

function residentOf(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + (residentByteLength(each) ?? 0), 0);
}

function descriptorCount(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
