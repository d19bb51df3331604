/** Puts the parts of the protocol together around one interpreter. */
import { Channels, NO_PARENT, type Transport } from './channels.ts';
import { Comms } from './comms.ts';
import type { ConnectionInfo } from './connection-file.ts';
import { Dispatcher } from './dispatch.ts';
import { Executions } from './executions.ts';
import type { History } from './history/history.ts';
import { MemoryHistory } from './history/memory-history.ts';
import type { Interpreter, InterpreterEvents } from './interpreter.ts';
import { Iopub } from './iopub.ts';
import type { KernelInfo } from './kernel-info.ts';
import type { Message } from './messages.ts';
import type { KernelServices } from './request-handler.ts';
import { Shells } from './shells.ts';
import { MessageSigner } from './signing.ts';
import type { RequestChannel } from './sockets.ts';
import { Stdin } from './stdin.ts';

export interface KernelOptions {
  readonly connection: ConnectionInfo;
  readonly info: KernelInfo;
  readonly transport: Transport;
  readonly createInterpreter: (events: InterpreterEvents) => Interpreter;
  /** That of this kernel's life when absent. */
  readonly history?: History | undefined;
  /** One line for the log of whoever started the kernel. */
  readonly log: (text: string) => void;
}

export class Kernel {
  /** Resolves when a client has asked for the end, after the answer is on its way. */
  readonly shutdownRequested: Promise<{ readonly restart: boolean }>;
  readonly #interpreter: Interpreter;
  readonly #history: History;
  readonly #channels: Channels;
  readonly #iopub: Iopub;
  readonly #stdin: Stdin;
  readonly #dispatcher: Dispatcher;
  readonly #log: (text: string) => void;

  constructor({
    connection,
    info,
    transport,
    createInterpreter,
    history = new MemoryHistory(),
    log,
  }: KernelOptions) {
    const channels = new Channels(transport, new MessageSigner(connection.key, connection.signatureScheme));
    const iopub = new Iopub(channels, (held) => this.#interpreter.holdOutput?.(held));
    const stdin = new Stdin(channels);
    const executions = new Executions();
    const comms = new Comms();
    const interpreter = createInterpreter({
      onOutput: (output, cellId) => {
        if (output.kind === 'comm') comms.see(output.message);
        if (!executions.find(cellId)?.silent) iopub.output(output, executions.parentOf(cellId));
      },
      onRestart: () => {
        for (const id of comms.closeAll()) iopub.commClose(id, NO_PARENT);
      },
      onInput: (prompt, password, cellId) => stdin.ask(executions.find(cellId), prompt, password),
    });
    let requestShutdown: (restart: boolean) => void = () => {};
    this.shutdownRequested = new Promise((resolve) => {
      // One turn later, the reply and the idle status are in the send queues.
      requestShutdown = (restart) => setImmediate(() => resolve({ restart }));
    });
    const services: KernelServices = {
      info,
      connection,
      interpreter,
      iopub,
      stdin,
      executions,
      comms,
      shells: new Shells(history),
      engine: channels.session,
      interrupt: () => this.interrupt(),
      requestShutdown,
    };
    this.#interpreter = interpreter;
    this.#history = history;
    this.#channels = channels;
    this.#iopub = iopub;
    this.#stdin = stdin;
    this.#dispatcher = new Dispatcher(channels, services, log);
    this.#log = log;
  }

  start(): void {
    this.#iopub.status('starting', NO_PARENT);
    this.#dispatcher.loadSoon();
  }

  /** Takes the frames of one message; what isn't a valid message of a client that knows the key is logged and dropped. */
  receive(channel: RequestChannel, frames: Uint8Array[]): void {
    let message: Message;
    try {
      message = this.#channels.decode(frames);
      if (channel === 'stdin') this.#stdin.receive(message);
    } catch (error) {
      this.#log(`ignored a message on ${channel}: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (channel !== 'stdin') this.#dispatcher.dispatch(channel, message);
  }

  welcome(topic: Uint8Array): void {
    this.#iopub.welcome(topic);
  }

  /** Stops the running cell and every wait for input. */
  async interrupt(): Promise<void> {
    this.#stdin.interrupt();
    await this.#interpreter.interrupt();
  }

  /** Ends the interpreter and sends the last of its output. */
  async close(): Promise<void> {
    this.#stdin.interrupt();
    await Promise.all([this.#interpreter.shutdown(), this.#history.close()]);
    this.#iopub.close();
  }
}
