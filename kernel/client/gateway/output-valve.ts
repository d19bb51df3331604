/** What a client that reads too slowly is spared: output, but no reply and no status, so that its cells still end. */
import { randomUUID } from 'node:crypto';
import { headerToJson, PROTOCOL_VERSION } from '../../jupyter/messages.ts';

/** Enough for a client that is busy for a moment, and far below what the gateway's memory could hold of many. */
const MAX_WAITING_BYTE_LENGTH = 64 * 1024 * 1024;

const OUTPUT_TYPE = /"msg_type"\s*:\s*"(?:stream|display_data|update_display_data|execute_result)"/;
const TEXT = '\n… output is left out here: this client reads more slowly than it comes\n';

type Frames = readonly Uint8Array[];

export class OutputValve {
  readonly #waitingByteLength: () => number;
  #isClosed = false;

  /** @param waitingByteLength What the client has not read yet. */
  constructor(waitingByteLength: () => number) {
    this.#waitingByteLength = waitingByteLength;
  }

  /** What to send for a message that the kernel has published: itself, a word about what is missing, or nothing. */
  pass(frames: Frames): Frames | undefined {
    const isFull = this.#waitingByteLength() > MAX_WAITING_BYTE_LENGTH;
    if (!isFull || !isOutput(frames)) {
      if (!isFull) this.#isClosed = false;
      return frames;
    }
    if (this.#isClosed) return undefined;
    this.#isClosed = true;
    return notice(frames);
  }
}

function isOutput([header = new Uint8Array()]: Frames): boolean {
  return OUTPUT_TYPE.test(Buffer.from(header).toString('utf8'));
}

/** To the cell that the output would have belonged to. */
function notice([, parentHeader = Buffer.from('{}')]: Frames): Frames {
  const header = headerToJson({
    messageId: randomUUID(),
    session: 'gateway',
    username: 'gateway',
    date: new Date().toISOString(),
    messageType: 'stream',
    version: PROTOCOL_VERSION,
  });
  const content = JSON.stringify({ name: 'stderr', text: TEXT });
  return [Buffer.from(header), parentHeader, Buffer.from('{}'), Buffer.from(content)];
}
