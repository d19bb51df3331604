/** The cells that a kernel behind a Jupyter server runs for us, and what becomes of them when the connection breaks. */
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { deferred } from './deferred.ts';
import { executeContent, parseReply } from './execute-messages.ts';
import { type ExecuteOptions, type ExecuteReply, ReplyLostError } from './kernel-connection.ts';
import { stderrMessage, toMessage } from './server-message.ts';

/** The library's JSON is not read-only. */
type JsonMetadata = NonNullable<Parameters<Kernel.IKernelConnection['requestExecute']>[2]>;

type Future = Kernel.IShellFuture<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg>;

/** A cell that waits for its reply. */
interface Execution {
  readonly onMessage: ExecuteOptions['onMessage'];
  readonly onLost: (error: ReplyLostError) => void;
}

const BROKEN_TEXT =
  '\n… the connection to the Jupyter server broke while this cell ran: some of its output may be missing\n';
const LOST_TEXT =
  'the connection to the Jupyter server broke while the cell ran, and the reply of the kernel was lost';

export class ServerExecutions {
  readonly #kernel: Kernel.IKernelConnection;
  readonly #died: Promise<never>;
  /** Not disposed before the end: output may come late. */
  readonly #futures: Future[] = [];
  readonly #waiting = new Set<Execution>();

  /** @param died rejects when the kernel is gone, with the reason */
  constructor(kernel: Kernel.IKernelConnection, died: Promise<never>) {
    this.#kernel = kernel;
    this.#died = died;
  }

  async execute(options: ExecuteOptions): Promise<ExecuteReply> {
    const { onMessage, onInput } = options;
    const metadata: JsonMetadata = JSON.parse(JSON.stringify(options.metadata ?? {}));
    const future = this.#kernel.requestExecute(executeContent(options), false, metadata);
    this.#futures.push(future);
    future.onIOPub = (message) => onMessage?.(toMessage(message));
    if (onInput !== undefined) {
      future.onStdin = async (message) => {
        if (!isInputRequest(message)) return;
        const { prompt, password } = message.content;
        future.sendInputReply({ status: 'ok', value: await onInput(prompt, password) }, message.header);
      };
    }
    const lost = deferred<never>();
    const execution = { onMessage, onLost: lost.reject };
    this.#waiting.add(execution);
    try {
      const reply = await Promise.race([this.#doneOf(future), this.#died, lost.promise]);
      return parseReply(toMessage(reply));
    } finally {
      this.#waiting.delete(execution);
    }
  }

  /**
   * The connection is there again. Kernels answer in turn: once a later request is answered, the replies that have not
   * come never will.
   */
  afterBreak(): void {
    const waiting = [...this.#waiting];
    if (waiting.length === 0) return;
    for (const { onMessage } of waiting) onMessage?.(stderrMessage(BROKEN_TEXT));
    const content = executeContent({ code: '', silent: true, storeHistory: false, stopOnError: false });
    const probe = this.#kernel.requestExecute(content);
    this.#futures.push(probe);
    probe.done.then(
      () => {
        for (const { onLost } of waiting) onLost(new ReplyLostError(LOST_TEXT));
      },
      // The kernel has died, which its cell hears by itself; or it is shut down.
      () => {},
    );
  }

  dispose(): void {
    for (const future of this.#futures) future.dispose();
  }

  /** The library cancels its futures when the kernel dies, or is disposed of; the reason comes a little later. */
  async #doneOf(future: Future): Promise<KernelMessage.IExecuteReplyMsg> {
    try {
      return await future.done;
    } catch (error) {
      const { status, isDisposed } = this.#kernel;
      if (status === 'dead' || status === 'autorestarting' || isDisposed) return await this.#died;
      throw error;
    }
  }
}

function isInputRequest(message: KernelMessage.IStdinMessage): message is KernelMessage.IInputRequestMsg {
  return message.header.msg_type === 'input_request';
}
