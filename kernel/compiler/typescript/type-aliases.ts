/** The types that a cell names itself: `type Vector = Float64Array`. */
import type { Adapter } from './adapter.ts';
import type { BabelNode, BabelType } from './babel-ast.ts';
import { isGlobalName } from './scope.ts';

type AliasDeclaration = BabelNode<'TSTypeAliasDeclaration'>;

export class TypeAliases {
  readonly #types = new Map<string, BabelType>();
  /** Aliases whose text is being made. */
  readonly #open = new Set<string>();

  /** `type int64 = number`, as an editor may need it, changes nothing: our names keep their meaning. */
  declare(adapter: Adapter, { id, typeAnnotation, typeParameters }: AliasDeclaration): void {
    if (typeParameters != null) {
      const hint = 'write one type for each: type Vector = float64[]';
      adapter.reportUnsupported('type parameters are not supported', adapter.span(typeParameters), hint);
    } else if (!isGlobalName(id.name)) {
      this.#types.set(id.name, typeAnnotation);
    }
  }

  /** What a type stands for, behind its parentheses, `readonly` and aliases. */
  resolve(type: BabelType): BabelType {
    const seen = new Set<BabelType>();
    for (let current = type; !seen.has(current); ) {
      seen.add(current);
      const next = inner(current) ?? this.#types.get(referenceName(current) ?? '');
      if (next === undefined) return current;
      current = next;
    }
    return type;
  }

  /** The type as text, with what aliases stand for in their place. */
  text(adapter: Adapter, type: BabelType): string {
    const inside = inner(type);
    if (inside !== undefined) return this.text(adapter, inside);
    if (type.type === 'TSArrayType') return `${this.text(adapter, type.elementType)}[]`;
    if (type.type === 'TSTupleType') {
      const members = type.elementTypes.map((member) =>
        member.type === 'TSNamedTupleMember' ? member.elementType : member,
      );
      return `[${members.map((member) => this.text(adapter, member)).join(', ')}]`;
    }
    const name = referenceName(type);
    const aliased = name === undefined ? undefined : this.#types.get(name);
    if (name === undefined || aliased === undefined) return adapter.text(type);
    return this.#aliasedText(adapter, type, name, aliased);
  }

  #aliasedText(adapter: Adapter, type: BabelType, name: string, aliased: BabelType): string {
    if (this.#open.has(name)) {
      const hint = 'write the type it stands for';
      adapter.reportSyntax(`the type '${name}' is made of itself`, adapter.span(type), hint);
      return name;
    }
    this.#open.add(name);
    const text = this.text(adapter, aliased);
    this.#open.delete(name);
    return text;
  }
}

/** What `(T)` and `readonly T[]` are for compiled code. */
function inner(type: BabelType): BabelType | undefined {
  if (type.type === 'TSParenthesizedType') return type.typeAnnotation;
  return type.type === 'TSTypeOperator' && type.operator === 'readonly' ? type.typeAnnotation : undefined;
}

function referenceName(type: BabelType): string | undefined {
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return undefined;
  return type.typeParameters == null ? type.typeName.name : undefined;
}
