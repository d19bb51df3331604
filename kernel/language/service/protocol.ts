/** What the kernel process and the thread of the language service say to each other. Offsets are in UTF-16 units. */

/** A cell as TypeScript, of the length it was typed in: what no TypeScript is, such as magics, is blank. */
export interface CellText {
  readonly code: string;
}

/** A variable that no cell of TypeScript declares, such as a remote function. */
export interface AmbientDeclaration {
  readonly name: string;
  /** `declare const name: …;` with its JSDoc. */
  readonly text: string;
  /** What a description shows in place of the declaration. */
  readonly signatures: readonly string[];
  readonly source?: { readonly language: string; readonly text: string };
}

export type ServiceQuestion =
  /** Loads what the first question needs. */
  | { readonly op: 'warm-up' }
  /** Makes the program of the cells that have run, so that the next question finds it. */
  | { readonly op: 'prepare' }
  | { readonly op: 'complete'; readonly cell: CellText; readonly cursor: number }
  | {
      readonly op: 'inspect';
      readonly cell: CellText;
      readonly cursor: number;
      readonly wantsSource: boolean;
    }
  /** A cell that has not run. */
  | { readonly op: 'check'; readonly cell: CellText }
  /** One that has, with what was known when it did. */
  | { readonly op: 'check-ran'; readonly name: string };

/** What the thread is told, without an answer. */
export type ServiceNews =
  /** A cell has run: its names are known from now on, also when it has failed on the way. */
  | { readonly op: 'ran'; readonly cell: CellText; readonly name: string }
  | { readonly op: 'declared'; readonly declarations: readonly AmbientDeclaration[] }
  /** The session has ended, and all its variables with it. */
  | { readonly op: 'forget' };

export type ServiceRequest = ServiceNews | { readonly id: number; readonly question: ServiceQuestion };

export interface ServiceAnswers {
  readonly 'warm-up': null;
  readonly prepare: null;
  readonly complete: ServiceCompletions;
  readonly inspect: Description | null;
  readonly check: readonly TypeDiagnostic[];
  readonly 'check-ran': readonly TypeDiagnostic[];
}

export type ServiceReply =
  | { readonly id: number; readonly ok: true; readonly answer: ServiceAnswers[keyof ServiceAnswers] }
  | { readonly id: number; readonly ok: false; readonly message: string };

export interface ServiceCompletion {
  readonly text: string;
  readonly type: string;
  readonly signature?: string;
}

export interface ServiceCompletions {
  readonly start: number;
  readonly end: number;
  readonly matches: readonly ServiceCompletion[];
  /** False where the types say nothing of what the members are, and the value itself may. */
  readonly isTyped: boolean;
}

export interface Description {
  /** As an editor shows it, `const x: number`; of a remote function, its overloads in their own words. */
  readonly signature: string;
  readonly signatureLanguage: 'typescript' | 'text';
  /** Markdown. */
  readonly documentation: string;
  readonly source?: { readonly language: string; readonly text: string };
  /** The expression whose value it is, where there is one. */
  readonly expression?: string;
}

export interface TypeDiagnostic {
  /** TypeScript's number of it. */
  readonly code: number;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** A name that is not there yet may be declared by a cell that runs before it is needed. */
  readonly isMissingName?: true;
  /** An expression that is true in a session where the types are wrong about this. */
  readonly refutation?: string;
}
