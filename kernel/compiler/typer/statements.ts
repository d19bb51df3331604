/** Core statements to HIR. */

import { formatType } from '../../../backend/contract/format-type.ts';
import type { Assert, Break, Continue, Raise, Return, Statement } from '../core.ts';
import type { HirStatement, Label } from '../hir.ts';
import { VOID } from '../types/value-types.ts';
import { assign, assignExpression, augmentedAssign } from './assignments.ts';
import { evaluation } from './expressions.ts';
import type { Enclosing, FunctionTyper } from './function-typer.ts';
import { condition } from './logic.ts';
import { doWhileLoop, forEach, forLoop, switchStatement, whileLoop } from './loops.ts';

export function statements(typer: FunctionTyper, nodes: readonly Statement[]): HirStatement[] {
  return nodes.flatMap((node) => [{ kind: 'position', span: node.span }, ...statement(typer, node)]);
}

function statement(typer: FunctionTyper, node: Statement): HirStatement[] {
  switch (node.kind) {
    case 'assign':
      return assign(typer, node);
    case 'augmented-assign':
      return augmentedAssign(typer, node);
    case 'expression-statement':
      return evaluate(typer, node.expression);
    case 'if': {
      const test = condition(typer, node.test);
      const whenTrue = statements(typer, node.then);
      const whenFalse = statements(typer, node.otherwise);
      return test ? [{ kind: 'if', test, whenTrue, whenFalse }] : [];
    }
    case 'while':
      return whileLoop(typer, node);
    case 'do-while':
      return doWhileLoop(typer, node);
    case 'for':
      return forLoop(typer, node);
    case 'for-each':
      return forEach(typer, node);
    case 'switch':
      return switchStatement(typer, node);
    case 'block':
      return block(typer, node);
    case 'break':
    case 'continue':
      return jump(typer, node);
    case 'return':
      return returned(typer, node);
    case 'raise':
      return [{ kind: 'raise', failure: raiseFailure(typer, node, node.exception) }];
    case 'assert':
      return asserted(typer, node);
  }
}

/** For its effects: a call, an assignment. */
function evaluate(
  typer: FunctionTyper,
  node: Extract<Statement, { kind: 'expression-statement' }>['expression'],
): HirStatement[] {
  if (node.kind === 'assign-expression') return [...(assignExpression(typer, node)?.statements ?? [])];
  const operand = evaluation(typer, node);
  return operand ? [{ kind: 'evaluate', expression: operand.hir }] : [];
}

function block(typer: FunctionTyper, node: Extract<Statement, { kind: 'block' }>): HirStatement[] {
  if (node.label === undefined) return statements(typer, node.body);
  const label: Label = { name: node.label };
  typer.enclosing.push({
    name: node.label,
    plainBreak: false,
    breakWith: { kind: 'break', label },
    continueWith: undefined,
  });
  const body = statements(typer, node.body);
  typer.enclosing.pop();
  return [{ kind: 'block', label, body }];
}

function jump(typer: FunctionTyper, node: Break | Continue): HirStatement[] {
  const isBreak = node.kind === 'break';
  const isMeant = (enclosing: Enclosing): boolean => {
    if (node.label !== undefined) return enclosing.name === node.label;
    return isBreak ? enclosing.plainBreak : enclosing.continueWith !== undefined;
  };
  const target = typer.enclosing.findLast(isMeant);
  const how = isBreak ? target?.breakWith : target?.continueWith;
  if (how) return [how];
  const where = node.label === undefined ? 'outside of a loop' : `${node.label}, which is no loop around it`;
  typer.report(
    'misplaced-jump',
    node.span,
    `${node.kind} ${where}`,
    'name a loop around it, or move it into one',
  );
  return [];
}

function returned(typer: FunctionTyper, node: Return): HirStatement[] {
  const { value } = node;
  if (!value || value.kind === 'none') {
    const { result } = typer;
    if (result && result.kind !== 'void') {
      typer.report(
        'type-mismatch',
        node.span,
        'a return without a value where one is needed',
        `return a value of type ${formatType(result)}`,
      );
    }
    typer.returnedNothing();
    return [{ kind: 'return', value: undefined }];
  }
  const operand = evaluation(typer, value);
  if (!operand) return [];
  if (operand.type.kind === 'void' && (typer.result ?? VOID).kind === 'void') {
    typer.returnedNothing();
    return [
      { kind: 'evaluate', expression: operand.hir },
      { kind: 'return', value: undefined },
    ];
  }
  const converted = typer.returned(operand, node.span);
  return converted ? [{ kind: 'return', value: converted }] : [];
}

function raiseFailure(typer: FunctionTyper, node: Raise | Assert, exception: string) {
  return typer.module.moduleFailure(exception, node.message, node.span);
}

function asserted(typer: FunctionTyper, node: Assert): HirStatement[] {
  const test = condition(typer, node.test);
  if (!test) return [];
  const raise: HirStatement = { kind: 'raise', failure: raiseFailure(typer, node, 'AssertionError') };
  return [{ kind: 'if', test, whenTrue: [], whenFalse: [raise] }];
}
