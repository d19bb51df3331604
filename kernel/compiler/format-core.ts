import type {
  Assign,
  Call,
  Compare,
  CoreModule,
  Expression,
  For,
  FunctionDefinition,
  Parameter,
  Statement,
  Switch,
  TypeAnnotation,
} from './core.ts';
import type { Span } from './diagnostic.ts';
import { inline, type Line, nested, renderLines } from './s-expressions.ts';

export interface FormatCoreOptions {
  /** Appends `@start-end` to every node. */
  readonly spans?: boolean;
}

/**
 * The core tree as S-expressions: expressions on one line, one statement a line, bodies indented by two. Annotations
 * stand in braces as written, labels behind `@`.
 */
export function formatCore(module: CoreModule, options: FormatCoreOptions = {}): string {
  const writer = new CoreWriter(options.spans ?? false);
  const lines: Line[] = [];
  for (const [name, path] of module.imports) lines.push(`(import ${name} ${path})`);
  for (const constant of module.constants) {
    const parts = ['constant', constant.name, writer.annotation(constant.annotation)];
    lines.push(writer.mark(constant, inline([...parts, writer.expression(constant.value)])));
  }
  for (const definition of module.functions) lines.push(...writer.functionDefinition(definition));
  return renderLines(lines).join('\n');
}

class CoreWriter {
  readonly #spans: boolean;

  constructor(spans: boolean) {
    this.#spans = spans;
  }

  mark(node: { readonly span: Span }, text: string): string {
    return `${text}${this.#suffix(node)}`;
  }

  annotation(annotation: TypeAnnotation | undefined): string {
    return annotation === undefined ? '' : this.mark(annotation, `{${annotation.text}}`);
  }

  functionDefinition(definition: FunctionDefinition): Line[] {
    const parameters = inline(definition.parameters.map((parameter) => this.#parameter(parameter)));
    const head = ['function', definition.name, parameters, this.annotation(definition.returnAnnotation)];
    const body: Line[] = [];
    if (definition.documentation !== undefined) {
      body.push(inline(['documentation', JSON.stringify(definition.documentation)]));
    }
    for (const { text, span } of definition.declaredSignatures) {
      body.push(this.mark({ span }, inline(['signature', JSON.stringify(text)])));
    }
    return nested(head, [...body, ...this.#statements(definition.body)], `)${this.#suffix(definition)}`);
  }

  expression(node: Expression): string {
    return this.mark(node, this.#expressionText(node));
  }

  #suffix({ span }: { readonly span: Span }): string {
    return this.#spans ? `@${span.start}-${span.end}` : '';
  }

  #parameter(parameter: Parameter): string {
    const { name, annotation, defaultValue } = parameter;
    if (annotation === undefined && defaultValue === undefined) return this.mark(parameter, name);
    const value = defaultValue === undefined ? '' : `= ${this.expression(defaultValue)}`;
    return this.mark(parameter, inline([name, this.annotation(annotation), value]));
  }

  #expressionText(node: Expression): string {
    switch (node.kind) {
      case 'int':
        return String(node.value);
      case 'float':
        return floatText(node.value);
      case 'imaginary':
        return `${node.value}j`;
      case 'bool':
        return String(node.value);
      case 'string':
        return JSON.stringify(node.value);
      case 'none':
        return 'none';
      case 'name':
        return node.name;
      case 'attribute':
        return `${this.expression(node.object)}.${node.name}`;
      default:
        return inline(this.#compound(node));
    }
  }

  #compound(
    node: Exclude<
      Expression,
      { kind: 'int' | 'float' | 'imaginary' | 'bool' | 'string' | 'none' | 'name' | 'attribute' }
    >,
  ): string[] {
    switch (node.kind) {
      case 'unary':
        return [node.operator, this.expression(node.operand)];
      case 'binary':
      case 'logical':
        return [node.operator, this.expression(node.left), this.expression(node.right)];
      case 'compare':
        return this.#compare(node);
      case 'conditional':
        return ['?', ...[node.test, node.whenTrue, node.whenFalse].map((part) => this.expression(part))];
      case 'call':
        return this.#call(node);
      case 'index':
        return ['index', ...[node.object, ...node.indices].map((part) => this.expression(part))];
      case 'slice':
        return [
          'slice',
          ...[node.start, node.stop, node.step].map((end) => (end ? this.expression(end) : '_')),
        ];
      case 'tuple':
        return ['tuple', ...node.elements.map((element) => this.expression(element))];
      case 'cast':
        return ['as', this.expression(node.operand), this.annotation(node.type)];
      case 'assign-expression': {
        const head = node.operator === undefined ? ':=' : `${node.operator}=`;
        const before = node.yields === 'before' ? 'before' : '';
        return [head, this.expression(node.target), this.expression(node.value), before];
      }
    }
  }

  #compare(node: Compare): string[] {
    const [link] = node.rest;
    if (link !== undefined && node.rest.length === 1) {
      return [link.operator, this.expression(node.first), this.expression(link.operand)];
    }
    const links = node.rest.flatMap(({ operator, operand }) => [operator, this.expression(operand)]);
    return ['chain', this.expression(node.first), ...links];
  }

  #call(node: Call): string[] {
    const keywords = node.keywords.map(({ name, value, span }) =>
      this.mark({ span }, `${name}=${this.expression(value)}`),
    );
    return [
      'call',
      this.expression(node.callee),
      ...node.args.map((arg) => this.expression(arg)),
      ...keywords,
    ];
  }

  #statements(body: readonly Statement[]): Line[] {
    return body.flatMap((statement) => this.#statement(statement));
  }

  #else(body: readonly Statement[]): Line[] {
    return body.length === 0 ? [] : nested(['else'], this.#statements(body));
  }

  #statement(node: Statement): Line[] {
    const close = `)${this.#suffix(node)}`;
    switch (node.kind) {
      case 'if': {
        const body = [...this.#statements(node.then), ...this.#else(node.otherwise)];
        return nested(['if', this.expression(node.test)], body, close);
      }
      case 'while': {
        const body = [...this.#statements(node.body), ...this.#else(node.otherwise)];
        return nested(['while', label(node.label), this.expression(node.test)], body, close);
      }
      case 'do-while': {
        const head = ['do-while', label(node.label), this.expression(node.test)];
        return nested(head, this.#statements(node.body), close);
      }
      case 'for':
        return nested(['for', label(node.label)], this.#forBody(node), close);
      case 'for-each': {
        const head = ['for-each', label(node.label), this.expression(node.target)];
        const body = [...this.#statements(node.body), ...this.#else(node.otherwise)];
        return nested([...head, this.expression(node.iterable)], body, close);
      }
      case 'switch':
        return nested(['switch', this.expression(node.subject)], this.#cases(node), close);
      case 'block':
        return nested(['block', label(node.label)], this.#statements(node.body), close);
      default:
        return [this.mark(node, inline(this.#simpleStatement(node)))];
    }
  }

  #simpleStatement(
    node: Exclude<Statement, { kind: 'if' | 'while' | 'do-while' | 'for' | 'for-each' | 'switch' | 'block' }>,
  ): string[] {
    switch (node.kind) {
      case 'assign':
        return this.#assign(node);
      case 'augmented-assign':
        return [`${node.operator}=`, this.expression(node.target), this.expression(node.value)];
      case 'expression-statement':
        return ['expression', this.expression(node.expression)];
      case 'break':
      case 'continue':
        return [node.kind, label(node.label)];
      case 'return':
        return ['return', node.value === undefined ? '' : this.expression(node.value)];
      case 'raise':
        return ['raise', node.exception, JSON.stringify(node.message)];
      case 'assert':
        return [
          'assert',
          this.expression(node.test),
          node.message === '' ? '' : JSON.stringify(node.message),
        ];
    }
  }

  #assign(node: Assign): string[] {
    const assignment = node.value === undefined ? 'declare' : '=';
    const head = node.constant ? 'const' : node.declares ? 'let' : assignment;
    const targets = node.targets.map((target) => this.expression(target));
    const value = node.value === undefined ? '' : this.expression(node.value);
    return [head, ...targets, this.annotation(node.annotation), value];
  }

  #forBody(node: For): Line[] {
    const test = node.test === undefined ? [] : [inline(['test', this.expression(node.test)])];
    return [
      ...nested(['init'], this.#statements(node.init)),
      ...test,
      ...nested(['update'], this.#statements(node.update)),
      ...this.#statements(node.body),
    ];
  }

  #cases(node: Switch): Line[] {
    return node.cases.flatMap((entry) => {
      const head = entry.test === undefined ? ['default'] : ['case', this.expression(entry.test)];
      return nested(head, this.#statements(entry.body), `)${this.#suffix(entry)}`);
    });
  }
}

function label(name: string | undefined): string {
  return name === undefined ? '' : `@${name}`;
}

/** Always distinguishable from an integer: `1.0`, `1e+300`, `inf`. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : Number.isNaN(value) ? 'nan' : '-inf';
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
