import { KernelClient } from '../../kernel/client/kernel-client.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import type { Subject } from './peers.ts';

/** No task takes a kernel that can do it so long: Deno needs fifteen seconds for the lines. */
const TASK_TIMEOUT_MS = 60_000;

/** What a task took each kernel; undefined for one that failed at it. */
export type Times = ReadonlyMap<string, readonly number[] | undefined>;

export type Task = (client: KernelClient, subject: Subject) => Promise<number>;

/** The kernels that are measured, each running. They take turns, so that what else the machine does meets all of them. */
export class KernelContest {
  readonly subjects: readonly Subject[];
  readonly #clients: Map<string, KernelClient>;

  private constructor(subjects: readonly Subject[], clients: Map<string, KernelClient>) {
    this.subjects = subjects;
    this.#clients = clients;
  }

  static async open(subjects: readonly Subject[]): Promise<KernelContest> {
    const contest = new KernelContest(subjects, new Map());
    for (const subject of subjects) await contest.#start(subject);
    return contest;
  }

  /** A kernel that fails is out of this task, and a new one takes its place in the next. */
  async inTurns(count: number, task: Task): Promise<Times> {
    const times = new Map<string, number[] | undefined>(this.subjects.map(({ name }) => [name, []]));
    for (let turn = 0; turn < count; turn++) {
      for (const subject of this.subjects) {
        const taken = times.get(subject.name);
        if (taken === undefined) continue;
        try {
          taken.push(await inTime(task(this.#client(subject), subject)));
        } catch (error) {
          process.stderr.write(`${subject.name} failed: ${String(error)}\n`);
          times.set(subject.name, undefined);
          await this.#client(subject).kill();
          await this.#start(subject);
        }
      }
    }
    return times;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.shutdown();
  }

  async #start(subject: Subject): Promise<void> {
    this.#clients.set(subject.name, await launch(subject));
  }

  #client({ name }: Subject): KernelClient {
    const client = this.#clients.get(name);
    if (client === undefined) throw new Error(`${name} was not started`);
    return client;
  }
}

export function launch({ kernelspec }: Subject): Promise<KernelClient> {
  return KernelClient.launch({ kernelspec, cwd: repositoryRoot });
}

async function inTime<T>(task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${TASK_TIMEOUT_MS} ms`)), TASK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([task, expired]);
  } finally {
    clearTimeout(timer);
  }
}
