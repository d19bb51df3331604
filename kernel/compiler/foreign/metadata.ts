/** Reads the metadata that ends a module's text: `!7 = !DIBasicType(name: "int", size: 32, …)`. */

export interface MetadataNode {
  /** `DIBasicType`; empty for a plain list. */
  readonly kind: string;
  /** By name: a reference (`!7`), a word, a number or a string without its quotes. */
  readonly fields: ReadonlyMap<string, string>;
  /** Of a plain list: references, or `null`. */
  readonly items: readonly string[];
}

const NODE = /^(!\d+) = (?:distinct )?!(DI\w+)?[({](.*)[)}]$/;

export class Metadata {
  readonly #lines = new Map<string, string>();
  readonly #nodes = new Map<string, MetadataNode>();

  constructor(ir: string) {
    for (const line of ir.split('\n')) {
      const id = /^(![0-9]+) = /.exec(line)?.[1];
      if (id !== undefined) this.#lines.set(id, line);
    }
  }

  /** The node of a reference such as `!7`; undefined for `null` and for what isn't there. */
  node(reference: string | undefined): MetadataNode | undefined {
    if (reference === undefined) return undefined;
    let node = this.#nodes.get(reference);
    const line = this.#lines.get(reference);
    if (node === undefined && line !== undefined) {
      node = parseNode(line);
      this.#nodes.set(reference, node);
    }
    return node;
  }

  /** Nodes of a kind, in the order of the text. */
  *nodesOf(kind: string): Iterable<MetadataNode> {
    for (const [id, line] of this.#lines) {
      const node = line.includes(`!${kind}(`) ? this.node(id) : undefined;
      if (node?.kind === kind) yield node;
    }
  }
}

function parseNode(line: string): MetadataNode {
  const [, , kind = '', inner = ''] = NODE.exec(line) ?? [];
  const parts = splitFields(inner);
  if (kind === '') return { kind, fields: new Map(), items: parts };
  const fields = parts.map((part): [string, string] => {
    const colon = part.indexOf(': ');
    return [part.slice(0, colon), unquote(part.slice(colon + 2))];
  });
  return { kind, fields: new Map(fields), items: [] };
}

/** At commas outside strings and parentheses. */
function splitFields(text: string): string[] {
  const parts = text.match(/(?:"[^"]*"|\((?:"[^"]*"|[^()])*\)|[^,"()])+/g) ?? [];
  return parts.map((part) => part.trim());
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}
