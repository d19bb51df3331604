export interface GroupOptions {
  readonly progress: (text: string) => void;
}

/** What a group has to say. */
export interface Findings {
  /** A section of docs/CONFORMANCE.md. */
  readonly markdown: string;
  /** All of it, for who looks closer. */
  readonly details: unknown;
  /** One line for each difference that nothing explains. */
  readonly unexplained: readonly string[];
}

/** One comparison with the outside world. */
export interface Group {
  readonly name: string;
  run(options: GroupOptions): Promise<Findings>;
}

/** What a group compares with isn't on this machine; the message says how to get it. */
export class MissingPeerError extends Error {}
