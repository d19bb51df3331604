/** Loops over `a[::2]`, `a[1:n:3]`, `a[::-1]`: the elements in the array itself, where no slice of it could hold them. */
import type { Expression, Slice } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import { expression } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { membersOf, overArrays, type Sequence } from './sequences.ts';
import { part, sliceBounds } from './slices.ts';

interface SteppedSlice {
  readonly object: Expression;
  readonly slice: Slice;
  readonly step: Expression;
}

/** A counter that is below an array's length can go on by so much without wrapping. */
const LARGEST_STEP = 2n ** 31n;

/** `node`, where it is one slice with a step. */
export function steppedSlice(node: Expression): SteppedSlice | undefined {
  if (node.kind !== 'index') return undefined;
  const [slice, second] = node.indices;
  if (slice?.kind !== 'slice' || slice.step === undefined || second) return undefined;
  return { object: node.object, slice, step: slice.step };
}

export function everyNth(
  typer: FunctionTyper,
  { object: objectNode, slice, step: stepNode }: SteppedSlice,
  span: Span,
): Sequence | undefined {
  const object = expression(typer, objectNode);
  const step = stepOf(typer, stepNode);
  if (!object || step === undefined) return undefined;
  if (step < 0n && (slice.start || slice.stop)) {
    const hint = `slice first, then turn around: reversed(${typer.text(objectNode.span)}[start:stop])`;
    return typer.report('unsupported', slice.span, 'a slice backwards has no ends here', hint);
  }
  const bounds = sliceBounds(typer, slice.start, slice.stop);
  const whole = bounds && part(typer, object, bounds, span);
  if (!whole) return undefined;
  if (whole.type.kind !== 'tuple') return overArrays(typer, [whole], span, step);
  const { before, members } = membersOf(typer, whole);
  const ordered = step < 0n ? members.toReversed() : members;
  const distance = Number(step < 0n ? -step : step);
  return { kind: 'unrolled', before, members: ordered.filter((_, index) => index % distance === 0) };
}

function stepOf(typer: FunctionTyper, node: Expression): bigint | undefined {
  const step = expression(typer, node);
  if (!step) return undefined;
  const { literal } = step;
  if (typeof literal === 'bigint' && literal !== 0n && literal >= -LARGEST_STEP && literal <= LARGEST_STEP) {
    return literal;
  }
  const found =
    literal === 0n
      ? 'a slice has no step of 0'
      : 'the step of a slice is a constant integer here, up to 2^31';
  return typer.report(
    'unsupported',
    step.span,
    found,
    'loop over the indices: for i in range(start, stop, step)',
  );
}
