/** What the typer of one function asks of the module around it. */
import type { RaiseName } from '../../../backend/contract/raise-kinds.ts';
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import type { CoreModule, FunctionDefinition } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { Dialect } from '../dialect.ts';
import type { Callee, Failure } from '../hir.ts';
import type { OuterName } from '../outer-names.ts';
import type { Operand } from './operand.ts';

export type Specialisation =
  | { readonly outcome: 'compiled'; readonly callee: Callee }
  /** It calls itself, so its result can't be inferred. */
  | { readonly outcome: 'recursive' }
  /** It has errors of its own. */
  | { readonly outcome: 'failed'; readonly symbol: string };

export interface ModuleContext {
  readonly core: CoreModule;
  readonly dialect: Dialect;
  readonly checkBounds: boolean;
  lineOf(span: Span): number;
  failure(name: RaiseName, span: Span): Failure;
  /** A raise with the user's own exception and message. */
  moduleFailure(exception: string, message: string, span: Span): Failure;
  definition(name: string): FunctionDefinition | undefined;
  /** What is compiled of a function of this module. */
  callees(name: string): readonly Callee[];
  /** What a name means around this module; undefined for names that it defines or imports itself. */
  outer(name: string): OuterName | undefined;
  /** Compiles a function without signatures for these arguments. */
  specialise(definition: FunctionDefinition, parameters: readonly Type[]): Specialisation;
  /** A constant of the module or of the session around it; `failed` where its value has errors. */
  constant(name: string, span: Span): Operand | 'failed' | undefined;
  hasConstant(name: string): boolean;
  /** What can be meant by an unknown name. */
  readonly knownNames: readonly string[];
}

/** One function to be typed. */
export interface FunctionRequest {
  readonly definition: FunctionDefinition;
  readonly symbol: string;
  readonly exported: boolean;
  readonly file: number;
  /** Canonical. */
  readonly parameters: readonly Type[];
  /** Canonical; absent where it is inferred. */
  readonly result: Type | undefined;
  /** As written, for exported functions. */
  readonly signature: FunctionType | undefined;
}
