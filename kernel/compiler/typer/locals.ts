/** The names a function assigns: all of them are its local variables, from its first line on. */
import type { Expression, FunctionDefinition, Statement, Target } from '../core.ts';

/** All names assigned anywhere in it; that TypeScript's are declared is the front end's business. */
export function localNames(definition: FunctionDefinition): ReadonlySet<string> {
  const names = new Set(definition.parameters.map((parameter) => parameter.name));
  visitStatements(definition.body, (name) => names.add(name));
  return names;
}

type Found = (name: string) => void;

function visitTarget(target: Target, found: Found): void {
  if (target.kind === 'name') found(target.name);
  if (target.kind !== 'tuple') return;
  for (const element of target.elements) {
    if (element.kind === 'name' || element.kind === 'tuple') visitTarget(element, found);
  }
}

function visitStatements(statements: readonly Statement[], found: Found): void {
  for (const statement of statements) visitStatement(statement, found);
}

function visitStatement(node: Statement, found: Found): void {
  const statements = (body: readonly Statement[]): void => visitStatements(body, found);
  const expression = (value: Expression | undefined): void => {
    if (value) visitExpression(value, found);
  };
  switch (node.kind) {
    case 'assign':
      for (const target of node.targets) visitTarget(target, found);
      expression(node.value);
      break;
    case 'augmented-assign':
      visitTarget(node.target, found);
      expression(node.value);
      break;
    case 'expression-statement':
      expression(node.expression);
      break;
    case 'if':
      expression(node.test);
      statements(node.then);
      statements(node.otherwise);
      break;
    case 'while':
      expression(node.test);
      statements(node.body);
      statements(node.otherwise);
      break;
    case 'do-while':
      statements(node.body);
      expression(node.test);
      break;
    case 'for':
      statements(node.init);
      expression(node.test);
      statements(node.update);
      statements(node.body);
      break;
    case 'for-each':
      visitTarget(node.target, found);
      expression(node.iterable);
      statements(node.body);
      statements(node.otherwise);
      break;
    case 'switch':
      expression(node.subject);
      for (const { body, test } of node.cases) {
        expression(test);
        statements(body);
      }
      break;
    case 'block':
      statements(node.body);
      break;
    case 'return':
      expression(node.value);
      break;
    case 'assert':
      expression(node.test);
      break;
    case 'break':
    case 'continue':
    case 'raise':
      break;
  }
}

function visitExpression(node: Expression, found: Found): void {
  if (node.kind === 'assign-expression') visitTarget(node.target, found);
  for (const operand of operandsOf(node)) visitExpression(operand, found);
}

/** Whether evaluating `node` may change a variable or an element. */
export function mayHaveEffects(node: Expression): boolean {
  if (node.kind === 'assign-expression' || node.kind === 'call') return true;
  return operandsOf(node).some(mayHaveEffects);
}

function operandsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'unary':
    case 'cast':
      return [node.operand];
    case 'binary':
    case 'logical':
      return [node.left, node.right];
    case 'compare':
      return [node.first, ...node.rest.map(({ operand }) => operand)];
    case 'conditional':
      return [node.test, node.whenTrue, node.whenFalse];
    case 'call':
      return [...node.args, ...node.keywords.map(({ value }) => value)];
    case 'attribute':
      return [node.object];
    case 'index':
      return [node.object, ...node.indices];
    case 'slice':
      return [node.start, node.stop, node.step].filter((end) => end !== undefined);
    case 'tuple':
      return node.elements;
    case 'assign-expression':
      return [node.value];
    default:
      return [];
  }
}
