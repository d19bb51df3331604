/** Functions over integers, as loops in HIR. Results that overflow wrap. */
import type { HirExpression, HirStatement, Label, Slot } from '../hir.ts';
import { convertHir, type Operand, operandOf, readSlot } from '../typer/operand.ts';
import { BOOL, INT64, isInteger, UINT64 } from '../types/value-types.ts';
import { type Builtin, type BuiltinCall, refuseArgument, widenInteger } from './rules.ts';

type IntegerOperation = 'iadd' | 'isub' | 'imul' | 'udiv' | 'umod' | 'ushr';

function binary(operation: IntegerOperation, left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'binary', type: left.type, operation, left, right, failure: undefined };
}

function unsigned(value: bigint): HirExpression {
  return { kind: 'constant', type: UINT64, value };
}

function compare(
  comparison: 'ne' | 'gt' | 'le' | 'lt',
  left: HirExpression,
  right: HirExpression,
): HirExpression {
  const domain = left.type.kind === 'uint' ? 'unsigned' : 'signed';
  return { kind: 'compare', type: BOOL, comparison, domain, left, right };
}

interface Loop {
  readonly before: readonly HirStatement[];
  readonly test: HirExpression;
  readonly body: readonly HirStatement[];
}

function loopThen(call: BuiltinCall, { before, test, body }: Loop, value: HirExpression): Operand {
  const label: Label = { name: 'loop' };
  const loop: HirStatement = { kind: 'loop', label, test, testAt: 'top', body, update: [] };
  const statements = [...before, loop];
  return operandOf({ kind: 'sequence', type: value.type, statements, value }, call.node.span);
}

/** All arguments as 64-bit integers, or a diagnostic. */
function integers(call: BuiltinCall): HirExpression[] | undefined {
  const other = call.args.find((arg) => !isInteger(arg.type));
  if (other) return refuseArgument(call, other, 'integers', `write int64(${call.typer.text(other.span)})`);
  return call.args.map(widenInteger);
}

/** |x| as uint64; that of INT_MIN too. */
function magnitude(
  call: BuiltinCall,
  value: HirExpression,
): { readonly slot: Slot; readonly before: HirStatement } {
  const slot = call.typer.temporary(UINT64, 'size');
  if (value.type.kind === 'uint') return { slot, before: { kind: 'store', slot, value } };
  const kept = call.typer.temporary(INT64, 'value');
  const read = readSlot(kept, call.node.span);
  const size: HirExpression = {
    kind: 'choose',
    type: INT64,
    test: compare('lt', read, { kind: 'constant', type: INT64, value: 0n }),
    whenTrue: { kind: 'unary', type: INT64, operation: 'ineg', operand: read },
    whenFalse: read,
  };
  const statements: HirStatement[] = [{ kind: 'store', slot: kept, value }];
  const whole: HirExpression = { kind: 'sequence', type: INT64, statements, value: size };
  return { slot, before: { kind: 'store', slot, value: convertHir(whole, UINT64) } };
}

/** Euclid's algorithm. */
function gcdOf(call: BuiltinCall, left: HirExpression, right: HirExpression): Operand {
  const { span } = call.node;
  const a = magnitude(call, left);
  const b = magnitude(call, right);
  const rest = call.typer.temporary(UINT64, 'rest');
  const [readA, readB, readRest] = [a.slot, b.slot, rest].map((slot) => readSlot(slot, span));
  if (!readA || !readB || !readRest) throw new Error('three slots');
  const body: HirStatement[] = [
    { kind: 'store', slot: rest, value: binary('umod', readA, readB) },
    { kind: 'store', slot: a.slot, value: readB },
    { kind: 'store', slot: b.slot, value: readRest },
  ];
  const test = compare('ne', readB, unsigned(0n));
  const result = left.type.kind === 'uint' && right.type.kind === 'uint' ? UINT64 : INT64;
  return loopThen(call, { before: [a.before, b.before], test, body }, convertHir(readA, result));
}

const gcd: Builtin = {
  arity: [2, 2],
  type: (call) => {
    const [a, b] = integers(call) ?? [];
    return a && b && gcdOf(call, a, b);
  },
};

/** |a| / gcd(a, b) * |b|, and 0 where one is 0. */
const lcm: Builtin = {
  arity: [2, 2],
  type: (call) => {
    const [left, right] = integers(call) ?? [];
    if (!left || !right) return undefined;
    const { span } = call.node;
    const a = magnitude(call, left);
    const b = magnitude(call, right);
    const readA = readSlot(a.slot, span);
    const readB = readSlot(b.slot, span);
    // Without a failure, 0 / 0 is 0.
    const divided = binary('udiv', readA, gcdOf(call, readA, readB).hir);
    const value = convertHir(binary('imul', divided, readB), INT64);
    return operandOf({ kind: 'sequence', type: INT64, statements: [a.before, b.before], value }, span);
  },
};

const factorial: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [n] = integers(call) ?? [];
    if (!n) return undefined;
    const { span } = call.node;
    const rest = call.typer.temporary(INT64, 'rest');
    const product = call.typer.temporary(INT64, 'product');
    const readRest = readSlot(rest, span);
    const one: HirExpression = { kind: 'constant', type: INT64, value: 1n };
    const message = 'factorial() not defined for negative values';
    const isNegative = compare('lt', readRest, { kind: 'constant', type: INT64, value: 0n });
    const failure = call.typer.module.moduleFailure('ValueError', message, span);
    const loop: Loop = {
      before: [
        { kind: 'store', slot: rest, value: convertHir(n, INT64) },
        { kind: 'if', test: isNegative, whenTrue: [{ kind: 'raise', failure }], whenFalse: [] },
        { kind: 'store', slot: product, value: one },
      ],
      test: compare('gt', readRest, one),
      body: [
        { kind: 'store', slot: product, value: binary('imul', readSlot(product, span), readRest) },
        { kind: 'store', slot: rest, value: binary('isub', readRest, one) },
      ],
    };
    return loopThen(call, loop, readSlot(product, span));
  },
};

/** Newton's method from above, which never overshoots. */
const isqrt: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [n] = integers(call) ?? [];
    const [arg] = call.args;
    if (!n || !arg) return undefined;
    const { span } = call.node;
    const { typer } = call;
    const value = typer.temporary(UINT64, 'value');
    const root = typer.temporary(UINT64, 'root');
    const next = typer.temporary(UINT64, 'next');
    const read = readSlot(value, span);
    const readRoot = readSlot(root, span);
    const readNext = readSlot(next, span);
    const isNegative = compare('lt', convertHir(read, INT64), { kind: 'constant', type: INT64, value: 0n });
    const failure = typer.module.moduleFailure('ValueError', 'isqrt() argument must be nonnegative', span);
    const improved = binary('ushr', binary('iadd', readRoot, binary('udiv', read, readRoot)), unsigned(1n));
    const loop: Loop = {
      before: [
        { kind: 'store', slot: value, value: convertHir(n, UINT64) },
        ...(arg.type.kind === 'int'
          ? [{ kind: 'if', test: isNegative, whenTrue: [{ kind: 'raise', failure }], whenFalse: [] } as const]
          : []),
        { kind: 'store', slot: root, value: read },
        // (n + 1) / 2 without overflow
        {
          kind: 'store',
          slot: next,
          value: binary('isub', read, binary('ushr', read, unsigned(1n))),
        },
      ],
      test: compare('lt', readNext, readRoot),
      body: [
        { kind: 'store', slot: root, value: readNext },
        { kind: 'store', slot: next, value: improved },
      ],
    };
    return loopThen(call, loop, convertHir(readRoot, INT64));
  },
};

export const combinatorics: readonly (readonly [string, Builtin])[] = [
  ['gcd', gcd],
  ['lcm', lcm],
  ['factorial', factorial],
  ['isqrt', isqrt],
];
