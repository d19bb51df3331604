/**
 * IR of an int64(int64, int64) that LLVM takes long to compile: values that all depend on each other, in a great many
 * blocks. With 12,000 it takes many seconds.
 */
export function laborious(name: string, blockCount = 12_000): string {
  const blocks = Array.from({ length: blockCount }, (_, index) => {
    return [
      `b${index}:`,
      `  %p${index} = phi i64 [ ${index === 0 ? '%a, %entry' : `%r${index - 1}, %b${index - 1}`} ], [ %r${index}, %b${index} ]`,
      `  %q${index} = mul i64 %p${index}, ${2 * index + 3}`,
      `  %r${index} = xor i64 %q${index}, %b`,
      `  %c${index} = icmp ult i64 %r${index}, ${index + 7}`,
      `  br i1 %c${index}, label %b${index}, label %b${index + 1}`,
    ].join('\n');
  });
  const head = `define i64 @${name}_lallA(i64 %a, i64 %b) {\nentry:\n  br label %b0\n`;
  return `${head}${blocks.join('\n')}\nb${blockCount}:\n  ret i64 %r${blockCount - 1}\n}\n`;
}
