import { RemoteError, type RemoteFunction, RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { seededRandom } from '../support/random.ts';
import { clientKill, type Fault, faults, soakModule } from './faults.ts';
import type { ClientOrder, ClientReport } from './messages.ts';

/*
 * One client of the soak test, a process of its own: makes its calls, every one checked, and tells its parent how far
 * it has come. When a call is to be the end of the client, it says so first, and kills itself in the middle of it.
 */
const GOOD_CALLS_PER_REPORT = 25;
/** Good calls in flight at once, now and then. */
const BURST = 8;
const BURST_IN = 10;
/** One call in twenty is bad; those in bursts are all good. */
const BAD_CHANCE = (1 + (BURST - 1) / BURST_IN) / 20;
const CALL_BEGINS_MS = 20;

const order = JSON.parse(process.argv[2] ?? '{}') as ClientOrder;
const random = seededRandom(order.seed);
const rjit = new RemoteJIT({ host: '127.0.0.1', port: order.port });
const signatures = ['int64(int64, int64)'];
const defined = await rjit.define({ source: soakModule, fileName: 'soak.ll', language: 'ir', signatures });
const functions = new Map(defined.map((each) => [each.name, each]));
let good = 0;
let left = order.calls;
while (left > 0) left -= random() < BAD_CHANCE ? await badCall() : await goodCalls(left);
await report({ kind: 'good', count: good });
await rjit.close();
process.disconnect();

async function goodCalls(most: number): Promise<number> {
  const count = random() < 1 / BURST_IN ? Math.min(BURST, most) : 1;
  const pairs = Array.from({ length: count }, () => [integer(), integer()] as const);
  const add = functionNamed('add');
  try {
    const sums =
      count === 1
        ? pairs.map((pair) => add(...pair))
        : await Promise.all(pairs.map((pair) => add.async(...pair)));
    sums.forEach((sum, index) => {
      const [a = 0n, b = 0n] = pairs[index] ?? [];
      if (BigInt(sum as bigint) !== BigInt.asIntN(64, a + b))
        problem(`${a} + ${b} was answered with ${String(sum)}`);
    });
    good += count;
  } catch (error) {
    problem(`a good call failed: ${String(error)}`);
  }
  if (good >= GOOD_CALLS_PER_REPORT) {
    await report({ kind: 'good', count: good });
    good = 0;
  }
  return count;
}

async function badCall(): Promise<number> {
  const fault = faults[Math.floor(random() * (faults.length + 1))];
  await report({ kind: 'good', count: good });
  good = 0;
  if (fault === undefined) {
    await report({ kind: 'bad', name: clientKill });
    functionNamed('endless')
      .async(1n, 1n)
      .catch(() => undefined);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), CALL_BEGINS_MS * random());
    return new Promise(() => undefined);
  }
  try {
    const value = functionNamed(fault.functionName)(...fault.args);
    problem(`${fault.kind} was answered with ${String(value)}`);
  } catch (error) {
    if (!isExpected(error, fault)) problem(`${fault.kind} ended with ${String(error)}`);
  }
  await report({ kind: 'bad', name: fault.kind });
  return 1;
}

function isExpected(error: unknown, { code, message }: Fault): boolean {
  return error instanceof RemoteError && error.code === code && message.test(error.message);
}

function functionNamed(name: string): RemoteFunction {
  const found = functions.get(name);
  if (found === undefined) throw new Error(`no function ${name} among ${[...functions.keys()].join(', ')}`);
  return found;
}

function integer(): bigint {
  return BigInt(Math.floor((random() - 0.5) * 2 ** 53)) * 1021n;
}

function problem(text: string): void {
  void report({ kind: 'problem', text });
}

function report(message: ClientReport): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
