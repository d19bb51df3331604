import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import { innermostNode, isPath } from './nodes.ts';
import type { CellModule, Notebook } from './notebook.ts';
import type { Description } from './protocol.ts';

interface DescribeRequest {
  readonly service: TypeScript.LanguageService;
  readonly notebook: Notebook;
  readonly module: CellModule;
  /** Offset in the cell. */
  readonly cursor: number;
  readonly wantsSource: boolean;
}

const TYPE_KINDS: ReadonlySet<string> = new Set(['interface', 'type', 'type parameter', 'primitive type']);

/** Longer sources are cut. */
const MAX_SOURCE_LENGTH = 20_000;

/** What stands at the cursor or before it, or else the function in whose arguments it is. */
export function describeAt(request: DescribeRequest): Description | undefined {
  const { service, module, cursor } = request;
  const places = [cursor, cursor - 1].filter((place) => place >= 0);
  for (const place of places) {
    const found = describe(request, module.path, module.cellStart + place);
    if (found !== undefined) return found;
  }
  const help = service.getSignatureHelpItems(module.path, module.cellStart + cursor, undefined);
  if (help === undefined) return undefined;
  // The span begins behind the parenthesis.
  const callee = module.text
    .slice(0, help.applicableSpan.start)
    .search(/[\p{ID_Continue}$]\s*(?:<[^(]*>)?\s*\($/u);
  return callee === -1 ? undefined : describe(request, module.path, callee);
}

function describe(request: DescribeRequest, path: string, position: number): Description | undefined {
  const { service, notebook, wantsSource } = request;
  const info = service.getQuickInfoAtPosition(path, position);
  // An unknown name is `any`, which is no description.
  if (info === undefined || info.kind === ts.ScriptElementKind.unknown) return undefined;
  const name = textOf(request, path, info.textSpan);
  const definitions = service.getDefinitionAtPosition(path, position) ?? [];
  const [definition] = definitions;
  const known = definition && isHead(request, definition) ? notebook.knownName(name) : undefined;
  const ambient = notebook.ambient(name);
  if (known !== undefined && ambient !== undefined) {
    const { source } = ambient;
    return {
      signature: ambient.signatures.join('\n'),
      signatureLanguage: 'text',
      documentation: documentationOf(service, known),
      ...(wantsSource && source !== undefined && { source }),
      expression: name,
    };
  }
  // A variable of an earlier cell: there it has its own keyword and documentation.
  if (known !== undefined && known.module.path !== path) {
    return describe(request, known.module.path, known.module.cellStart + known.offset);
  }
  const source = wantsSource ? sourceOf(service, definition) : undefined;
  const isType = TYPE_KINDS.has(info.kind);
  const expression = isType ? undefined : expressionAt(service, path, info.textSpan.start);
  return {
    ...quickInfoOf(info),
    ...(source !== undefined && { source: { language: 'typescript', text: source } }),
    ...(expression !== undefined && { expression }),
  };
}

function documentationOf(
  service: TypeScript.LanguageService,
  { module, offset }: { readonly module: CellModule; readonly offset: number },
): string {
  const info = service.getQuickInfoAtPosition(module.path, module.cellStart + offset);
  return info === undefined ? '' : quickInfoOf(info).documentation;
}

/** Whether it is the line that brings a name of an earlier cell in. */
function isHead(
  { notebook, module }: DescribeRequest,
  { fileName, textSpan }: TypeScript.DefinitionInfo,
): boolean {
  if (fileName === module.path) return textSpan.start < module.cellStart;
  return notebook.module(fileName) !== undefined;
}

function textOf({ notebook, service }: DescribeRequest, path: string, span: TypeScript.TextSpan): string {
  const text = notebook.module(path)?.text ?? service.getProgram()?.getSourceFile(path)?.text ?? '';
  return text.slice(span.start, span.start + span.length);
}

function quickInfoOf(
  info: TypeScript.QuickInfo,
): Pick<Description, 'signature' | 'signatureLanguage' | 'documentation'> {
  const documentation = ts.displayPartsToString(info.documentation);
  const tags = (info.tags ?? []).map(({ name, text }) => tagMarkdown(name, ts.displayPartsToString(text)));
  return {
    signatureLanguage: 'typescript',
    signature: ts
      .displayPartsToString(info.displayParts)
      .replace(/^\(alias\) /u, '')
      .replace(/\nimport .*$/u, ''),
    documentation: [documentation, ...tags].filter((part) => part !== '').join('\n\n'),
  };
}

function tagMarkdown(name: string, text: string): string {
  if (name === 'example') {
    return text.includes('```')
      ? `**Example**\n\n${text}`
      : `**Example**\n\n\`\`\`typescript\n${text}\n\`\`\``;
  }
  const [, parameter, rest] = /^(\S+)\s*(?:-\s*)?([\s\S]*)$/u.exec(text) ?? [];
  if (name === 'param' && parameter !== undefined) return `*@param* \`${parameter}\` ${rest ?? ''}`.trimEnd();
  return text === '' ? `*@${name}*` : `*@${name}* ${text}`;
}

/** The text of the declaration. */
function sourceOf(
  service: TypeScript.LanguageService,
  definition: TypeScript.DefinitionInfo | undefined,
): string | undefined {
  if (definition === undefined) return undefined;
  const file = service.getProgram()?.getSourceFile(definition.fileName);
  const { start, length } = definition.contextSpan ?? definition.textSpan;
  return file?.text.slice(start, start + Math.min(length, MAX_SOURCE_LENGTH));
}

/** `a.b.c`, when that is what the name at `position` ends and evaluating it calls nothing but a getter. */
function expressionAt(
  service: TypeScript.LanguageService,
  path: string,
  position: number,
): string | undefined {
  const file = service.getProgram()?.getSourceFile(path);
  if (file === undefined) return undefined;
  const node = innermostNode(file, position);
  if (!ts.isIdentifier(node)) return undefined;
  const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  const whole = isMember ? node.parent : node;
  return isPath(whole) ? whole.getText(file) : undefined;
}
