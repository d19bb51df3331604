/**
 * An interpreter for tests of the protocol: its "code" is a script of one command a line, so that a test can make
 * it produce any output, in any order, without a language.
 */
import type {
  CellId,
  CodePlace,
  CommMessage,
  Completions,
  ErrorReport,
  ExecuteOutcome,
  ExecuteRequest,
  InspectRequest,
  Interpreter,
  InterpreterEvents,
  IsComplete,
} from '../../kernel/jupyter/interpreter.ts';
import type { MimeBundle } from '../../kernel/jupyter/messages.ts';

export class EchoInterpreter implements Interpreter {
  readonly #events: InterpreterEvents;
  readonly #late: (() => void)[] = [];
  /** Of the commands that wait, in whatever shell. */
  readonly #interrupts: (() => void)[] = [];

  constructor(events: InterpreterEvents) {
    this.#events = events;
  }

  async execute(request: ExecuteRequest): Promise<ExecuteOutcome> {
    let result: string | undefined;
    for (const line of request.code.split('\n')) {
      const [command = '', ...words] = line.split(' ');
      const rest = words.join(' ');
      const outcome = await this.#run(command, rest, request);
      if (typeof outcome === 'object') return { status: 'error', ...outcome };
      result = outcome ?? result;
    }
    const userExpressions = Object.fromEntries(
      Object.entries(request.userExpressions).map(([name, expression]) => [
        name,
        { status: 'ok', data: { 'text/plain': expression }, metadata: {} },
      ]),
    );
    const ok = { status: 'ok', userExpressions, payload: [] } as const;
    return result === undefined ? ok : { ...ok, result: { 'text/plain': result } };
  }

  async interrupt(): Promise<void> {
    for (const interrupt of this.#interrupts.splice(0)) interrupt();
  }

  /** Comms to `echo` are accepted; their messages come back. */
  async comm(message: CommMessage, cellId: CellId): Promise<boolean> {
    if (message.type === 'comm_open') return message.targetName === 'echo';
    if (message.type === 'comm_msg') this.#events.onOutput({ kind: 'comm', message }, cellId);
    return true;
  }

  async isComplete(code: string): Promise<IsComplete> {
    return code.endsWith('{') ? { status: 'incomplete', indent: '  ' } : { status: 'complete' };
  }

  /** The word before the cursor can be completed by `1` and, as a function, by `2`. */
  async complete({ code, cursor }: CodePlace): Promise<Completions> {
    const word = /\w*$/.exec(code.slice(0, cursor))?.[0] ?? '';
    if (word === '') return { start: cursor, end: cursor, matches: [] };
    const matches = [
      { text: `${word}1`, type: 'variable' },
      { text: `${word}2`, type: 'function', signature: '(x)' },
    ];
    return { start: cursor - word.length, end: cursor, matches };
  }

  async inspect({ code, cursor, wantsSource }: InspectRequest): Promise<MimeBundle | undefined> {
    const text = code.slice(cursor);
    return text === '' ? undefined : { 'text/plain': wantsSource ? `source of ${text}` : text };
  }

  async shutdown(): Promise<void> {
    await this.interrupt();
  }

  /** Megabytes of text, until an interrupt. */
  async #pour(megabytes: number, cellId: number | undefined): Promise<ErrorReport | undefined> {
    let isInterrupted = false;
    this.#interrupts.push(() => {
      isInterrupted = true;
    });
    const text = `${'x'.repeat(999_999)}\n`;
    for (let megabyte = 0; megabyte < megabytes && !isInterrupted; megabyte++) {
      this.#events.onOutput({ kind: 'stream', name: 'stdout', text }, cellId);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return isInterrupted ? report('KeyboardInterrupt', 'interrupted') : undefined;
  }

  /** An error report ends the cell; a string is its result so far. */
  async #run(
    command: string,
    text: string,
    { cellId }: ExecuteRequest,
  ): Promise<ErrorReport | string | undefined> {
    const { onOutput, onInput } = this.#events;
    switch (command) {
      case 'result':
        return text;
      case 'stdout':
      case 'stderr':
        onOutput({ kind: 'stream', name: command, text: `${text}\n` }, cellId);
        return undefined;
      case 'stderr-raw':
        process.stderr.write(`${text}\n`);
        return undefined;
      case 'late':
        // Held back until a later cell says `now`.
        this.#late.push(() => onOutput({ kind: 'stream', name: 'stdout', text: `${text}\n` }, cellId));
        return undefined;
      case 'now':
        for (const write of this.#late.splice(0)) write();
        return undefined;
      case 'display':
        onOutput({ kind: 'display', data: { 'text/plain': text }, metadata: {}, update: false }, cellId);
        return undefined;
      case 'display-as':
      case 'update': {
        const [displayId = '', ...data] = text.split(' ');
        const update = command === 'update';
        const bundle = { 'text/plain': data.join(' ') };
        onOutput({ kind: 'display', data: bundle, metadata: {}, displayId, update }, cellId);
        return undefined;
      }
      case 'clear':
        onOutput({ kind: 'clear', wait: text === 'wait' }, cellId);
        return undefined;
      case 'flood':
        for (let line = 0; line < Number(text); line++) {
          onOutput({ kind: 'stream', name: 'stdout', text: `line ${line}\n` }, cellId);
        }
        return undefined;
      case 'pour':
        return this.#pour(Number(text), cellId);
      case 'input':
      case 'password':
        try {
          return await onInput(text, command === 'password', cellId);
        } catch (error) {
          const evalue = error instanceof Error ? error.message : String(error);
          return report(error instanceof Error ? error.name : 'Error', evalue);
        }
      case 'fail':
        return report('EchoError', text);
      case 'wait':
        await new Promise<void>((resolve) => {
          this.#interrupts.push(resolve);
        });
        return report('KeyboardInterrupt', 'interrupted');
      case 'exit':
        return process.exit(Number(text));
      default:
        return undefined;
    }
  }
}

function report(ename: string, evalue: string): ErrorReport {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
