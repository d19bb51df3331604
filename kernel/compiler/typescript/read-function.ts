import type { Diagnostic } from '../diagnostic.ts';
import { syntaxError, unsupportedSyntax } from '../parse-diagnostic.ts';
import type { BabelExpression, BabelFunction, BabelNode } from './babel-ast.ts';
import { type BabelReading, readExpression } from './read-source.ts';

export interface FunctionReading {
  readonly found?: {
    readonly node: BabelFunction;
    /** Its name, where the text has one. */
    readonly key?: BabelNode<'Identifier'>;
    /** How far the tree's offsets are ahead of the text's. */
    readonly shift: number;
  };
  readonly diagnostics: readonly Diagnostic[];
  readonly imaginaryEnds: ReadonlySet<number>;
}

const METHOD_PREFIX = '({';

/** Reads a function's own text: as an expression, else as a method of an object literal around it. */
export function readFunction(text: string): FunctionReading {
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    return failed(
      unsupportedSyntax('the source of this function is not available', { start: 0, end: 0 }, NATIVE_HINT),
    );
  }
  const asExpression = readExpression(text);
  if (asExpression.tree !== undefined) return fromExpression(asExpression, asExpression.tree, text);
  const asMethod = readExpression(`${METHOD_PREFIX}${text}\n})`);
  const method = asMethod.tree === undefined ? undefined : onlyMethod(asMethod.tree);
  if (method !== undefined) return fromMethod(asMethod, method, text);
  return { diagnostics: furthest(asExpression, asMethod, text), imaginaryEnds: asExpression.imaginaryEnds };
}

const NATIVE_HINT = 'it is native or bound: pass a function written in TypeScript';

function failed(diagnostic: Diagnostic): FunctionReading {
  return { diagnostics: [diagnostic], imaginaryEnds: new Set() };
}

function fromExpression(
  { diagnostics, imaginaryEnds }: BabelReading<BabelExpression>,
  tree: BabelExpression,
  text: string,
): FunctionReading {
  if (tree.type === 'ArrowFunctionExpression')
    return { found: { node: tree, shift: 0 }, diagnostics, imaginaryEnds };
  if (tree.type === 'FunctionExpression') {
    const found = { node: tree, shift: 0, ...(tree.id == null ? {} : { key: tree.id }) };
    return { found, diagnostics, imaginaryEnds };
  }
  const span = { start: 0, end: text.search(/[\r\n]|$/) };
  if (tree.type === 'ClassExpression') {
    return failed(unsupportedSyntax('classes are not supported', span, 'pass a function'));
  }
  return failed(
    syntaxError('this is not a function', span, 'pass a function, an arrow function or a method'),
  );
}

function onlyMethod(tree: BabelExpression): Extract<BabelFunction, { type: 'ObjectMethod' }> | undefined {
  if (tree.type !== 'ObjectExpression' || tree.properties.length !== 1) return undefined;
  const [method] = tree.properties;
  return method?.type === 'ObjectMethod' ? method : undefined;
}

function fromMethod(
  { diagnostics, imaginaryEnds }: BabelReading<BabelExpression>,
  node: Extract<BabelFunction, { type: 'ObjectMethod' }>,
  text: string,
): FunctionReading {
  if (node.kind !== 'method') {
    const span = { start: 0, end: text.search(/[\r\n]|$/) };
    return failed(unsupportedSyntax(`a '${node.kind}' accessor is not supported`, span, 'pass a function'));
  }
  const key = !node.computed && node.key.type === 'Identifier' ? { key: node.key } : {};
  const shift = METHOD_PREFIX.length;
  return {
    found: { node, shift, ...key },
    diagnostics: diagnostics.map((each) => shifted(each, text)),
    imaginaryEnds,
  };
}

/** Of two failed readings, the errors of the one that got further. */
function furthest(
  asExpression: BabelReading<BabelExpression>,
  asMethod: BabelReading<BabelExpression>,
  text: string,
): readonly Diagnostic[] {
  const methodErrors = asMethod.diagnostics.map((each) => shifted(each, text));
  const reach = (diagnostics: readonly Diagnostic[]) =>
    Math.max(-1, ...diagnostics.map(({ span }) => span.start));
  return reach(methodErrors) > reach(asExpression.diagnostics) ? methodErrors : asExpression.diagnostics;
}

function shifted(diagnostic: Diagnostic, text: string): Diagnostic {
  const at = (offset: number) => Math.min(Math.max(0, offset - METHOD_PREFIX.length), text.length);
  return { ...diagnostic, span: { start: at(diagnostic.span.start), end: at(diagnostic.span.end) } };
}
