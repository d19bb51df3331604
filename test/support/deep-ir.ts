/**
 * IR that crashes LLVM with a stack overflow while it optimises: it asks, by recursion, how a value changes from one
 * turn of the loop to the next that is a chain of divisions.
 */
export function tooDeep(name: string, depth = 60_000): string {
  const divisions = Array.from(
    { length: depth },
    (_, index) => `  %x${index + 1} = udiv i64 %x${index}, %b\n`,
  );
  return `define i64 @${name}_lallA(i64 %a, i64 %b) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %x0 = add i64 %i, %a
${divisions.join('')}  %next = add i64 %i, 1
  %again = icmp ult i64 %x${depth}, %a
  br i1 %again, label %loop, label %exit
exit:
  ret i64 %x${depth}
}
`;
}
