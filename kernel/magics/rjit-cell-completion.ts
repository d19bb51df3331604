import { detectLanguage } from '../compiler/detect-language.ts';
import { detectForeignLanguage, type SourceLanguage } from '../compiler/foreign/detect-foreign.ts';
import { namespaceMembers, type OfferedName, offeredNames } from '../compiler/offered-names.ts';
import {
  completeWord,
  type MagicCompletion,
  type MagicCompletions,
  optionCompletions,
} from './completion.ts';
import type { CellMagicCell } from './parse-cell.ts';
import { rjitHeaderLines } from './rjit-cell-header.ts';

/** Types as signatures spell them best; there are more names for some of them. */
const SIGNATURE_TYPES: readonly string[] = [
  ...[8, 16, 32, 64].flatMap((bits) => [`int${bits}`, `uint${bits}`]),
  ...['float32', 'float64', 'double', 'complex64', 'complex128', 'bool', 'void'],
];

const typeCompletions = SIGNATURE_TYPES.map((text): MagicCompletion => ({ text, type: 'type' }));

export interface RjitCellOptions {
  readonly names: readonly string[];
  /** What may follow an option that takes one of few values. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** The language that the header names. */
  readonly languages: Readonly<Record<string, SourceLanguage>>;
}

/** Options and types in the header of a `%%rjit` cell, builtins and the cell's own names below. */
export function completeRjitCell(
  { argumentsOffset }: CellMagicCell,
  text: string,
  cursor: number,
  options: RjitCellOptions,
): MagicCompletions {
  const header = rjitHeaderLines(text, argumentsOffset);
  const bodyOffset = header.end;
  if (cursor <= bodyOffset) return completeHeader(text.slice(0, cursor), options);
  const body = text.slice(bodyOffset);
  const named = /--lang[= ]\s*([\w+]+)/u.exec(header.text)?.[1];
  const language =
    (named === undefined ? undefined : options.languages[named]) ??
    detectForeignLanguage(body) ??
    detectLanguage(body);
  return completeBody(text, body, cursor, language);
}

function completeHeader(before: string, { names, values }: RjitCellOptions): MagicCompletions {
  const cursor = before.length;
  const [, option = ''] = /--([\w-]+)[= ][ \t]*["']?[\w-]*$/u.exec(before) ?? [];
  const choices = Object.hasOwn(values, option) ? values[option] : undefined;
  if (choices !== undefined) {
    return completeWord(
      before,
      cursor,
      choices.map((text) => ({ text, type: 'value' })),
      /[\w-]*$/u,
    );
  }
  if (/(?:^|\s)-[\w-]*$/u.test(before)) return completeWord(before, cursor, optionCompletions(names));
  return completeWord(before, cursor, typeCompletions, /\w*$/u);
}

/** Words, without those in strings and comments. */
const WORDS =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`|#.*|\/\/.*|\/\*[\s\S]*?\*\/|(?<![\w$.])([A-Za-z_$][\w$]*)/gu;

function completeBody(
  text: string,
  body: string,
  cursor: number,
  language: SourceLanguage,
): MagicCompletions {
  const [path = ''] = /[\w$.]*$/u.exec(text.slice(0, cursor)) ?? [];
  const dot = path.lastIndexOf('.');
  if (dot !== -1) {
    const members = namespaceMembers(namespaceOf(path.slice(0, dot), body));
    return completeWord(text, cursor, members.map(asCompletion), /[\w$]*$/u);
  }
  const isOurs = language === 'python' || language === 'typescript';
  const offered = isOurs ? offeredNames(language) : [];
  const taken = new Set(offered.map(({ name }) => name).concat(SIGNATURE_TYPES));
  const start = cursor - path.length - (text.length - body.length);
  const own = new Set<string>();
  for (const match of body.matchAll(WORDS)) {
    const [, word] = match;
    if (word !== undefined && match.index !== start && !taken.has(word)) own.add(word);
  }
  const candidates = [
    ...[...own].map((name): MagicCompletion => ({ text: name, type: 'variable' })),
    ...offered.map(asCompletion),
    ...(isOurs ? typeCompletions : []),
  ];
  return completeWord(text, cursor, candidates, /[\w$]*$/u);
}

function asCompletion({ name, kind }: OfferedName): MagicCompletion {
  return { text: name, type: kind === 'namespace' ? 'module' : kind };
}

/** `np` is numpy, in Python's `import numpy as np` and without it. */
function namespaceOf(name: string, body: string): string {
  const pattern = new RegExp(`\\bimport\\s+([\\w.]+)\\s+as\\s+${name.replaceAll('$', '\\$')}\\b`, 'u');
  return pattern.exec(body)?.[1] ?? (name === 'np' ? 'numpy' : name);
}
