/** Descriptions as front ends show them: Markdown, and plain text for consoles. */
import type { MimeBundle } from './jupyter/messages.ts';
import type { Description } from './language/service/protocol.ts';
import type { MagicDescription } from './magics/inspect-magic.ts';

/** A name in a cell, with its value where that is cheap to see. */
export function describeName(
  { signature, signatureLanguage, documentation, source }: Description,
  value: string | undefined,
): MimeBundle {
  const plain = [
    signature,
    documentation,
    value === undefined ? '' : `Value: ${value}`,
    source === undefined ? '' : `Source (${source.language}):\n${source.text}`,
  ];
  const markdown = [
    fenced(signatureLanguage, signature),
    documentation,
    value === undefined ? '' : `**Value** ${inline(value)}`,
    source === undefined ? '' : `**Source**\n\n${fenced(source.language, source.text)}`,
  ];
  return { 'text/plain': joined(plain), 'text/markdown': joined(markdown) };
}

/** A value of which the types say nothing. */
export function describeValue(expression: string, value: string): MimeBundle {
  return {
    'text/plain': `${expression}\n\nValue: ${value}`,
    'text/markdown': joined([fenced('typescript', expression), `**Value** ${inline(value)}`]),
  };
}

export function describeMagic({ name, summary, usage }: MagicDescription): MimeBundle {
  return {
    'text/plain': `${name}: ${summary}\n\n${usage}`,
    'text/markdown': joined([`**${name}**: ${summary}`, fenced('text', usage)]),
  };
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function fenced(language: string, text: string): string {
  const fence = '`'.repeat(longestRun(text, 2) + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function inline(text: string): string {
  const fence = '`'.repeat(longestRun(text, 0) + 1);
  const space = /^`|`$/u.test(text) ? ' ' : '';
  return fence + space + text.replaceAll('\n', ' ') + space + fence;
}

/** The longest run of backticks, at least `least`. */
function longestRun(text: string, least: number): number {
  return Math.max(least, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
}
