import { cpus } from 'node:os';

/** What a figure depends on, in words that name no particular computer. */
export function describeMachine(): string {
  const [first] = cpus();
  const model = first?.model.trim().replace(/\s+/g, ' ') || 'unknown CPU';
  return `${cpus().length} × ${model}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
