/** The names a function assigns: all of them are its local variables, from its first line on. */
import type { Expression, FunctionDefinition, Language, Statement, Target } from '../core.ts';

/**
 * TypeScript's variables are those it declares, Python's those it assigns. Loop targets and parameters are local in
 * both.
 */
export function localNames(definition: FunctionDefinition, language: Language): ReadonlySet<string> {
  const names = new Set(definition.parameters.map((parameter) => parameter.name));
  visitStatements(definition.body, language, (name) => names.add(name));
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

function visitStatements(statements: readonly Statement[], language: Language, found: Found): void {
  for (const statement of statements) visitStatement(statement, language, found);
}

function visitStatement(node: Statement, language: Language, found: Found): void {
  const statements = (body: readonly Statement[]): void => visitStatements(body, language, found);
  const expression = (value: Expression | undefined): void => {
    if (value && language === 'python') visitExpression(value, found);
  };
  switch (node.kind) {
    case 'assign':
      if (node.declares || language === 'python') {
        for (const target of node.targets) visitTarget(target, found);
      }
      expression(node.value);
      break;
    case 'augmented-assign':
      if (language === 'python') visitTarget(node.target, found);
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
      break;
    case 'for':
      statements(node.init);
      statements(node.body);
      break;
    case 'for-each':
      visitTarget(node.target, found);
      expression(node.iterable);
      statements(node.body);
      statements(node.otherwise);
      break;
    case 'switch':
      for (const { body } of node.cases) statements(body);
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

/** Python's `:=` is the only expression that makes a variable. */
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
    case 'tuple':
      return node.elements;
    case 'assign-expression':
      return [node.value];
    default:
      return [];
  }
}
