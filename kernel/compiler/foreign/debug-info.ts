/** Which functions a C or C++ source defines, from the debug information that clang makes of it. */
import type { CEncoding, CType } from './c-types.ts';
import { Metadata, type MetadataNode } from './metadata.ts';

export interface CFunction {
  readonly name: string;
  /** 1-based, where its name stands. */
  readonly line: number;
  readonly result: CType;
  readonly parameters: readonly CType[];
}

/** How clang names what it read from its standard input. */
const MAIN_FILES: ReadonlySet<string> = new Set(['-', '<stdin>']);

/**
 * The functions of the source itself that others may call, in its order: not those of headers, of classes or
 * namespaces, not `static` ones, and no instances of templates.
 */
export function definedFunctions(ir: string): readonly CFunction[] {
  const metadata = new Metadata(ir);
  return [...metadata.nodesOf('DISubprogram')]
    .flatMap((node) => functionOf(node, metadata) ?? [])
    .toSorted((a, b) => a.line - b.line);
}

function functionOf(node: MetadataNode, metadata: Metadata): CFunction | undefined {
  const { fields } = node;
  const flags = (fields.get('spFlags') ?? '').split(' | ');
  const file = metadata.node(fields.get('file'))?.fields.get('filename') ?? '';
  const isGlobal = metadata.node(fields.get('scope'))?.kind === 'DIFile';
  if (!flags.includes('DISPFlagDefinition') || flags.includes('DISPFlagLocalToUnit')) return undefined;
  if (!isGlobal || !MAIN_FILES.has(file) || fields.has('templateParams')) return undefined;
  const types = new TypeReader(metadata);
  const [result, ...parameters] = types.list(metadata.node(fields.get('type'))?.fields.get('types'));
  return {
    name: fields.get('name') ?? '',
    line: Number(fields.get('line') ?? 1),
    result: result ?? { kind: 'void' },
    parameters,
  };
}

const ENCODINGS: Readonly<Record<string, CEncoding>> = {
  DW_ATE_float: 'float',
  DW_ATE_complex_float: 'complex',
  DW_ATE_signed: 'signed',
  DW_ATE_unsigned: 'unsigned',
  DW_ATE_boolean: 'bool',
  DW_ATE_signed_char: 'signed',
  DW_ATE_unsigned_char: 'unsigned',
};

class TypeReader {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  /** The result, then the parameters. A trailing `null` stands for `...`. */
  list(reference: string | undefined): readonly CType[] {
    const items = this.#metadata.node(reference)?.items ?? [];
    return items.map((item, index) =>
      item === 'null' && index > 0 ? { kind: 'other', name: '...' } : this.read(item),
    );
  }

  /** @param aliasName of a typedef, for a struct that has no name of its own */
  read(reference: string | undefined, aliasName = '', behindPointer = false): CType {
    const node = this.#metadata.node(reference);
    if (node === undefined) return { kind: 'void' };
    const name = node.fields.get('name') ?? aliasName;
    const base = node.fields.get('baseType');
    switch (node.fields.get('tag') ?? node.kind) {
      case 'DIBasicType':
        return basic(name, Number(node.fields.get('size') ?? 0), node.fields.get('encoding') ?? '');
      case 'DW_TAG_typedef':
        return this.read(base, this.#qualifiedName(node, name), behindPointer);
      case 'DW_TAG_const_type':
        return { kind: 'qualified', qualifier: 'const', target: this.read(base, aliasName, behindPointer) };
      case 'DW_TAG_volatile_type':
        return {
          kind: 'qualified',
          qualifier: 'volatile',
          target: this.read(base, aliasName, behindPointer),
        };
      case 'DW_TAG_restrict_type':
      case 'DW_TAG_atomic_type':
        return this.read(base, aliasName, behindPointer);
      case 'DW_TAG_pointer_type':
        return this.#pointer(base);
      case 'DW_TAG_reference_type':
        return { kind: 'other', name: `${nameOf(this.read(base, '', true))} &` };
      case 'DW_TAG_enumeration_type':
        return { kind: 'enum', name: this.#tagged('enum', node, name), base: this.read(base) };
      case 'DW_TAG_structure_type':
      case 'DW_TAG_class_type':
        return this.#struct(node, name, behindPointer);
      case 'DW_TAG_union_type':
        return { kind: 'other', name: this.#tagged('union', node, name) };
      default:
        return { kind: 'other', name: name || 'a type without a name' };
    }
  }

  #pointer(base: string | undefined): CType {
    if (this.#metadata.node(base)?.kind === 'DISubroutineType')
      return { kind: 'other', name: 'a pointer to a function' };
    return { kind: 'pointer', target: this.read(base, '', true) };
  }

  /** Behind a pointer its members don't matter, and may lead back to it. */
  #struct(node: MetadataNode, name: string, behindPointer: boolean): CType {
    const complexBits = Number(node.fields.get('size') ?? 0);
    const part = /^complex<(float|double)>$/.exec(name)?.[1];
    if (part !== undefined)
      return { kind: 'basic', name: `std::${name}`, bits: complexBits, encoding: 'complex' };
    const tagged = this.#tagged('struct', node, name);
    if (behindPointer || tagged === '') return { kind: 'other', name: tagged || 'a struct without a name' };
    const elements = this.#metadata.node(node.fields.get('elements'))?.items ?? [];
    const members = elements.map((item) => this.#member(item));
    const known = members.flatMap((member) => member ?? []);
    if (known.length !== members.length || known.length === 0) return { kind: 'other', name: tagged };
    return { kind: 'struct', name: tagged, members: known };
  }

  /** Undefined for a base class, a method, a bit field and whatever else is no plain variable. */
  #member(reference: string): CType | undefined {
    const node = this.#metadata.node(reference);
    if (node?.fields.get('tag') !== 'DW_TAG_member') return undefined;
    if (/DIFlagStaticMember|DIFlagBitField/.test(node.fields.get('flags') ?? '')) return undefined;
    return this.read(node.fields.get('baseType'));
  }

  /** `struct pt` in C, `pt` in C++, which alone gives types an identifier; the typedef's name where it has no other. */
  #tagged(tag: string, node: MetadataNode, name: string): string {
    if (!node.fields.has('name')) return name;
    return node.fields.has('identifier') ? this.#qualifiedName(node, name) : `${tag} ${name}`;
  }

  /** With its namespaces: `std::size_t`. */
  #qualifiedName(node: MetadataNode, name: string): string {
    const scope = this.#metadata.node(node.fields.get('scope'));
    if (scope === undefined || scope.kind === 'DIFile') return name;
    const outer = scope.fields.get('name');
    if (outer === undefined || scope.fields.get('exportSymbols') === 'true')
      return this.#qualifiedName(scope, name);
    return this.#qualifiedName(scope, `${outer}::${name}`);
  }
}

function nameOf(type: CType): string {
  return 'name' in type ? type.name : type.kind;
}

const PLAIN_CHAR = 'char';

function basic(name: string, bits: number, encodingName: string): CType {
  const encoding = ENCODINGS[encodingName];
  if (encoding === undefined || name === '_BitInt') return { kind: 'other', name };
  if (encoding === 'complex') {
    const part = bits === 64 ? 'float' : bits === 128 ? 'double' : 'long double';
    return { kind: 'basic', name: `_Complex ${part}`, bits, encoding };
  }
  return { kind: 'basic', name, bits, encoding: name === PLAIN_CHAR ? 'char' : encoding };
}
