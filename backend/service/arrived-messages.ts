import { BinaryReader, type MessageHeader } from '../contract/binary-protocol.ts';
import { type CompileRequest, readCompileRequest } from '../contract/compile-messages.ts';
import type { MessageStream } from '../contract/message-stream.ts';
import { MessageType } from '../contract/thrift-types.ts';
import type { MadeCode } from '../llvm/code-loader.ts';

export interface ArrivedMessage {
  readonly message: Uint8Array;
  readonly header: MessageHeader;
  /** Stands after the header. */
  readonly reader: BinaryReader;
  /** It asks for a compilation that was begun before its turn has come. */
  readonly begun?: BegunCompilation;
}

export interface BegunCompilation {
  readonly request: CompileRequest;
  readonly code: Promise<MadeCode | undefined>;
}

/** As many as node has threads for. */
const MAX_BEGUN = 4;

/**
 * The messages of a connection, in their order. Compilations that stand in line behind one another are begun together:
 * the making of the code needs nothing of what stands before.
 */
export class ArrivedMessages {
  readonly #stream: MessageStream;
  readonly #begun: ArrivedMessage[] = [];
  #problem: { readonly error: unknown } | undefined;

  constructor(stream: MessageStream) {
    this.#stream = stream;
  }

  /** @throws RemoteError as `MessageStream.next` */
  next(): ArrivedMessage | undefined {
    const begun = this.#begun.shift();
    if (begun) return begun;
    if (this.#problem) throw this.#problem.error;
    const message = this.#stream.next();
    if (message === undefined) return undefined;
    const reader = new BinaryReader(message);
    return { message, header: reader.messageBegin(), reader };
  }

  /** Whether what comes next is another compilation, or the beginning of one. */
  get isCompilationNext(): boolean {
    return this.#begun.length > 0 || isCompilation(readHeader(this.#stream.begun));
  }

  /** Begins the compilations that are next. */
  beginNext(makeAside: (request: CompileRequest) => Promise<MadeCode | undefined>): void {
    try {
      while (this.#begun.length < MAX_BEGUN && isCompilation(readHeader(this.#stream.begun))) {
        const message = this.#stream.next();
        if (message === undefined) return;
        const reader = new BinaryReader(message);
        const header = reader.messageBegin();
        const request = readCompileRequest(reader);
        const code = makeAside(request);
        // Its turn may never come.
        code.catch(() => undefined);
        this.#begun.push({ message, header, reader, begun: { request, code } });
      }
    } catch (error) {
      // Those before are answered first.
      this.#problem = { error };
    }
  }

  /** Everything that `next` has not given yet. */
  rest(): Uint8Array {
    return Buffer.concat([...this.#begun.map(({ message }) => message), this.#stream.rest()]);
  }
}

function isCompilation(header: MessageHeader | undefined): boolean {
  return header?.name === 'rjit:compile' && header.type === MessageType.call;
}

/** Undefined when the header is not all there, or is itself what is wrong, such as a name without end. */
export function readHeader(message: Uint8Array): MessageHeader | undefined {
  try {
    return new BinaryReader(message).messageBegin();
  } catch {
    return undefined;
  }
}
