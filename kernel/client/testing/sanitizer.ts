/** nbval's sanitizer files: `regex: …` and `replace: …` on two lines; all else in them is comment. */
import { readFileSync } from 'node:fs';
import { PythonRegexpError, pythonRegexp, pythonReplacement } from './python-regexp.ts';

export type Sanitize = (text: string) => string;

/** A sanitizer file that can't be read or used; the text names file and line. */
export class SanitizerError extends Error {
  override readonly name = 'SanitizerError';
}

interface Rule {
  readonly pattern: RegExp;
  readonly replacement: (match: RegExpMatchArray) => string;
}

/** The rules of all files, in their order; a regex that comes again replaces the earlier one. @throws {SanitizerError} */
export function readSanitizers(paths: readonly string[]): Sanitize {
  const rules = new Map<string, Rule>();
  for (const path of paths) {
    for (const [regex, rule] of parseSanitizer(readText(path), path)) rules.set(regex, rule);
  }
  return sanitizeWith([...rules.values()]);
}

/** @throws {SanitizerError} naming `path` and the line. */
export function parseSanitizer(text: string, path: string): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>();
  const unix = text.replaceAll(/\r\n?/g, '\n');
  for (const match of unix.matchAll(/(?<=^|\n)regex: ([^\n]*)\nreplace: ([^\n]*)(?=\n|$)/g)) {
    const [, regex = '', replace = ''] = match;
    try {
      rules.set(regex, { pattern: pythonRegexp(regex), replacement: pythonReplacement(replace) });
    } catch (error) {
      if (!(error instanceof PythonRegexpError)) throw error;
      const line = unix.slice(0, match.index).split('\n').length;
      throw new SanitizerError(`${path}:${line}: the regex "${regex}" can't be used: ${error.message}`);
    }
  }
  return rules;
}

export function sanitizeWith(rules: Iterable<Rule>): Sanitize {
  const list = [...rules];
  return (text) => list.reduce(applyRule, text);
}

/** As Python's `re.sub`: an empty match right behind another match counts too. */
function applyRule(text: string, { pattern, replacement }: Rule): string {
  let result = '';
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    result += text.slice(at, match.index) + replacement(match);
    at = match.index + match[0].length;
  }
  return result + text.slice(at);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SanitizerError(`cannot read the sanitizer file ${path}: ${reason}`);
  }
}
