/** The thread that has the history's file open. */
import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryEntry } from './history.ts';
import { HistoryFile } from './history-file.ts';
import type { HistoryAnswer, HistoryCommand, HistoryQuestion } from './history-protocol.ts';

const { path } = workerData as { readonly path: string };
let file: HistoryFile | undefined;
let lines = 0;

parentPort?.on('message', ({ id, entries, question }: HistoryCommand) => {
  const reply = (answer: HistoryAnswer) => parentPort?.postMessage(answer);
  try {
    file ??= new HistoryFile(path);
    if (entries.length > 0) file.append(entries);
    lines += entries.length;
    reply({ id, entries: answerTo(question, file) });
  } catch (error) {
    reply({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

function answerTo(question: HistoryQuestion, open: HistoryFile): readonly HistoryEntry[] {
  switch (question.kind) {
    case 'tail':
      return open.tail(question.count);
    case 'range':
      return open.range(question.session, question.start, question.stop);
    case 'search':
      return open.search(question.search);
    case 'flush':
      return [];
    case 'close':
      open.close(lines);
      return [];
  }
}
