/**
 * Case files: tests as text.
 *
 *     # Adds two numbers
 *     def foo(a, b):
 *         return a + b
 *
 *     ==> core
 *     (function foo (a b)
 *       (return (+ a b)))
 *
 *     # The next case
 *     …
 *
 * A case is a title line, the source, and sections that each begin with `==> name argument…`. A line that begins with
 * `# ` starts a new case only below a section, so that Python's comments can stand in a source. Blank lines around a
 * source or a section's body don't count.
 */

/** What is expected of one case under one heading, e.g. `==> run int64(int64)`. */
export interface CaseSection {
  readonly name: string;
  /** The rest of the heading line, `''` when there is none. */
  readonly argument: string;
  readonly body: string;
}

export interface Case {
  readonly title: string;
  readonly source: string;
  readonly sections: readonly CaseSection[];
  /** 1-based line of the title in the file. */
  readonly line: number;
}

const TITLE = /^# (.*)$/;
const HEADING = /^==> *(\S+) *(.*)$/;

interface OpenCase {
  readonly title: string;
  readonly line: number;
  readonly source: string[];
  readonly sections: { readonly name: string; readonly argument: string; readonly body: string[] }[];
}

/** Reads the text of a case file. Throws an Error that names the file and line where it is not one. */
export function parseCaseFile(text: string, path: string): Case[] {
  const cases: OpenCase[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const current = cases.at(-1);
    const section = current?.sections.at(-1);
    const title = TITLE.exec(line)?.[1];
    const heading = HEADING.exec(line);
    if (title !== undefined && (current === undefined || section !== undefined)) {
      cases.push({ title: title.trim(), line: index + 1, source: [], sections: [] });
    } else if (current === undefined) {
      if (line.trim() !== '') throw new Error(`${path}:${index + 1}: expected '# Title', found '${line}'`);
    } else if (heading !== null) {
      current.sections.push({ name: heading[1] ?? '', argument: (heading[2] ?? '').trim(), body: [] });
    } else {
      (section === undefined ? current.source : section.body).push(line);
    }
  }
  return cases.map((open) => closeCase(open, path));
}

function closeCase(open: OpenCase, path: string): Case {
  if (open.sections.length === 0) {
    throw new Error(`${path}:${open.line}: the case '${open.title}' has no '==> section'`);
  }
  return {
    title: open.title,
    line: open.line,
    source: withoutOuterBlankLines(open.source),
    sections: open.sections.map((section) => ({ ...section, body: withoutOuterBlankLines(section.body) })),
  };
}

/** What `parseCaseFile` would read back of a produced body. Throws where the body can't stand in a case file. */
export function sectionBody(produced: string): string {
  const lines = produced.split('\n');
  const misread = lines.find((line) => TITLE.test(line) || HEADING.test(line));
  if (misread !== undefined)
    throw new Error(`the line '${misread}' would begin a case or section of its own`);
  return withoutOuterBlankLines(lines);
}

function withoutOuterBlankLines(lines: readonly string[]): string {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return first === -1 ? '' : lines.slice(first, last + 1).join('\n');
}

/** The text that `parseCaseFile` reads back as these cases. */
export function formatCaseFile(cases: readonly Case[]): string {
  return `${cases.map(formatCase).join('\n\n\n')}\n`;
}

function formatCase({ title, source, sections }: Case): string {
  const parts = sections.map(({ name, argument, body }) => {
    const heading = `==> ${name} ${argument}`.trimEnd();
    return body === '' ? heading : `${heading}\n${body}`;
  });
  return [`# ${title}\n${source}`, ...parts].join('\n\n');
}
