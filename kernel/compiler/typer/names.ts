/** Names that mean something outside the function: namespaces, builtins, and what to say of unknown ones. */

import { CONSTANTS } from '../builtins/constants.ts';
import { BUILTINS } from '../builtins/table.ts';
import { closestName } from '../closest-name.ts';
import type { Attribute, Expression, Name } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import { foreignNameHint } from './foreign-names.ts';
import type { FunctionTyper } from './function-typer.ts';
import { literalOperand, type Operand } from './operand.ts';

const DEFAULT_NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['math', 'math'],
  ['cmath', 'cmath'],
  ['np', 'numpy'],
  ['numpy', 'numpy'],
  ['Math', 'Math'],
  ['Number', 'Number'],
]);

/**
 * The full name that `node` refers to through imports: `np.sin` is `numpy.sin`, and after `from math import sin`
 * `sin` is `math.sin`. `undefined` where it starts at a local variable or isn't a path of names.
 */
export function qualifiedName(typer: FunctionTyper, node: Expression): string | undefined {
  if (node.kind === 'name') {
    if (typer.isLocal(node.name)) return undefined;
    return typer.module.core.imports.get(node.name) ?? DEFAULT_NAMESPACES.get(node.name) ?? node.name;
  }
  if (node.kind !== 'attribute') return undefined;
  const object = qualifiedName(typer, node.object);
  // numba.types: numba's names are NumPy's.
  if (object === 'numpy' && node.name === 'types') return object;
  return object && `${object}.${node.name}`;
}

const NAMESPACES: ReadonlySet<string> = new Set(DEFAULT_NAMESPACES.values());

/** A constant such as `math.pi`; reports an unknown member of a known namespace. */
export function namespaceMember(typer: FunctionTyper, node: Name | Attribute): Operand | undefined {
  const path = qualifiedName(typer, node);
  if (path === undefined) return undefined;
  const value = CONSTANTS.get(path);
  return value === undefined ? undefined : literalOperand(value, node.span);
}

/** Whether `node` names a namespace itself (`math`), which is no value. */
export function isNamespace(typer: FunctionTyper, node: Expression): boolean {
  const path = qualifiedName(typer, node);
  return path !== undefined && NAMESPACES.has(path);
}

/** `np.random`, `math.tua`: the namespace has no such member, or only a function of that name. */
export function unknownMember(typer: FunctionTyper, node: Attribute): undefined {
  const namespace = qualifiedName(typer, node.object) ?? '';
  const path = `${namespace}.${node.name}`;
  if (BUILTINS.has(path)) {
    const message = `${path} is a function, not a value`;
    return typer.report('function-as-value', node.span, message, `call it: ${typer.text(node.span)}(…)`);
  }
  const members = [...CONSTANTS.keys(), ...BUILTINS.keys()].filter((name) =>
    name.startsWith(`${namespace}.`),
  );
  const near = closestName(path, members);
  const foreign = foreignNameHint(path, typer.dialect.language);
  if (foreign) {
    return typer.report(
      'unknown-function',
      node.nameSpan,
      `${typer.text(node.span)} is not supported`,
      foreign,
    );
  }
  const hint = near ? `did you mean ${near}?` : 'docs/LANGUAGE.md lists the functions there are';
  return typer.report('unknown-function', node.nameSpan, `${namespace} has no ${node.name} here`, hint);
}

/** Whether the session has such a name for something else than what is needed here; reports it. */
export function refuseOuter(typer: FunctionTyper, name: string, span: Span): boolean {
  const outer = typer.module.outer(name);
  switch (outer?.kind) {
    case undefined:
      return false;
    case 'unusable':
      typer.report('outer-value', span, `${name} is ${outer.found}`, outer.hint);
      return true;
    case 'constant':
      typer.report('not-callable', span, `${name} is a constant and can't be called`);
      return true;
    case 'function':
      typer.report('function-as-value', span, `${name} is a function, not a value`, `call it: ${name}(…)`);
      return true;
  }
}

export function unknownName(typer: FunctionTyper, name: string, span: Span): undefined {
  const foreign = foreignNameHint(name, typer.dialect.language);
  if (foreign) return typer.report('unknown-name', span, `${name} is not supported`, foreign);
  if (refuseOuter(typer, name, span)) return undefined;
  const namespaces = typer.dialect.language === 'python' ? ['math', 'cmath', 'np'] : ['Math', 'Number'];
  const candidates = [...typer.localNames, ...typer.module.knownNames, ...namespaces];
  const near = closestName(name, candidates);
  return typer.report(
    'unknown-name',
    span,
    `${name} is not defined`,
    near ? `did you mean ${near}?` : definitionHint(typer, name),
  );
}

function definitionHint(typer: FunctionTyper, name: string): string {
  return typer.dialect.language === 'python'
    ? `assign it before use, or make it a constant of the cell: ${name} = …`
    : `declare it (let ${name} = …), or make it a constant of the cell: const ${name} = …`;
}
