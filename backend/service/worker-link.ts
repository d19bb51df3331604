import type { MessageToSupervisor } from './worker-messages.ts';

/** The worker's end of the IPC channel; knows when everything it was given has left the process. */
export class WorkerLink {
  readonly #unsent = new Set<Promise<void>>();

  async send(message: MessageToSupervisor): Promise<void> {
    const sent = new Promise<void>((resolve) => {
      // Without a channel the supervisor is gone, and this process is about to be.
      if (process.send === undefined || !process.connected) resolve();
      else process.send(message, undefined, undefined, () => resolve());
    });
    this.#unsent.add(sent);
    await sent;
    this.#unsent.delete(sent);
  }

  async flushed(): Promise<void> {
    await Promise.all(this.#unsent);
  }
}
