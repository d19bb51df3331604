/** What front ends ask while the user types: completions and descriptions, from the magics. */
import type { CodePlace, Completions, InspectRequest } from './jupyter/interpreter.ts';
import type { MimeBundle } from './jupyter/messages.ts';
import { builtinMagics } from './magics/builtin-magics.ts';
import { completeMagic } from './magics/complete-magic.ts';
import { inspectMagic, type MagicDescription } from './magics/inspect-magic.ts';
import type { MagicRegistry } from './magics/registry.ts';

export class Intelligence {
  readonly #magics: MagicRegistry = builtinMagics();

  async complete({ code, cursor }: CodePlace): Promise<Completions> {
    return completeMagic(code, cursor, this.#magics) ?? { start: cursor, end: cursor, matches: [] };
  }

  async inspect({ code, cursor }: InspectRequest): Promise<MimeBundle | undefined> {
    const magic = inspectMagic(code, cursor, this.#magics);
    return magic && describeMagic(magic);
  }
}

function describeMagic({ name, summary, usage }: MagicDescription): MimeBundle {
  return {
    'text/plain': `${name}: ${summary}\n\n${usage}`,
    'text/markdown': `**${name}**: ${summary}\n\n\`\`\`text\n${usage}\n\`\`\``,
  };
}
