import { KernelClient, type LaunchOptions } from '../../kernel/client/kernel-client.ts';
import { endpointOf } from '../../kernel/jupyter/connection-file.ts';
import type { Message } from '../../kernel/jupyter/messages.ts';
import { FakeFrontEnd } from './fake-front-end.ts';
import { childrenOf } from './process-state.ts';
import { rjitCommand } from './rjit-command.ts';

/** The real kernel of this checkout, whether or not it is installed. */
export const rjitKernelspec = {
  name: 'rjit',
  argv: [process.execPath, rjitCommand, 'kernel', '{connection_file}'],
  env: {},
  interruptMode: 'message',
  registers: true,
  resourceDirectory: '',
} as const;

/** Starts the real kernel for `body` and ends it afterwards. */
export async function withRjitKernel(
  body: (kernel: KernelClient) => Promise<void>,
  options: Partial<LaunchOptions> = {},
): Promise<void> {
  const kernel = await KernelClient.launch({ kernelspec: rjitKernelspec, ...options });
  try {
    await body(kernel);
  } finally {
    await kernel.kill();
  }
}

export interface CellRecord {
  readonly status: string;
  /** `stream stdout: …`, `execute_result: …`, `error: …` in the order in which they came. */
  readonly outputs: readonly string[];
}

/** Runs a cell and writes down what it put out; neighbouring pieces of a stream are joined. */
export async function runCell(
  kernel: KernelClient,
  code: string,
  onInput?: (prompt: string) => string,
): Promise<CellRecord> {
  const outputs: string[] = [];
  const onMessage = ({ header, content }: Message) => {
    const { data } = content;
    if (header.messageType === 'stream') {
      const start = `stream ${content.name}: `;
      const last = outputs.at(-1);
      if (last?.startsWith(start)) outputs[outputs.length - 1] = last + content.text;
      else outputs.push(start + content.text);
    } else if (header.messageType === 'error') {
      outputs.push(`error: ${content.ename}: ${content.evalue}`);
    } else if (typeof data === 'object' && data !== null && 'text/plain' in data) {
      outputs.push(`${header.messageType}: ${data['text/plain']}`);
    }
  };
  const reply = await kernel.execute({ code, onMessage, ...(onInput && { onInput }) });
  return { status: reply.status, outputs };
}

/** A front end with its own sockets and signing, beside the kernel's client. */
export function connectFrontEnd({ connection }: KernelClient): Promise<FakeFrontEnd> {
  return FakeFrontEnd.connect({
    key: connection.key,
    endpoint: (channel) => endpointOf(connection, channel),
  });
}

/** The process and all that it has started, directly or not. */
export function processTree(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)];
}
