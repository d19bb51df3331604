/** IR of functions int64(int64, int64) under RBC's mangled names, for tests of what happens to a call. */

export function addition(name: string, constant = 0): string {
  return `define i64 @${name}_lallA(i64 %a, i64 %b) {
  %sum = add i64 %a, %b
  %more = add i64 %sum, ${constant}
  ret i64 %more
}
`;
}

/** Stores the second argument at the address that the first one is. */
export const store = `define i64 @store_lallA(i64 %a, i64 %b) {
  %p = inttoptr i64 %a to i64*
  store volatile i64 %b, i64* %p
  ret i64 0
}
`;

export const division = `define i64 @division_lallA(i64 %a, i64 %b) {
  %q = sdiv i64 %a, %b
  ret i64 %q
}
`;

/** Never returns unless it is cancelled. */
export const endless = `define i64 @endless_lallA(i64 %a, i64 %b) {
entry:
  %p = alloca i64
  br label %loop
loop:
  store volatile i64 %a, i64* %p
  br label %loop
}
`;

/** Recursion without an end that the optimiser can't turn into a loop. */
export const overflow = `define i64 @overflow_lallA(i64 %a, i64 %b) {
  %p = alloca [128 x i64]
  %q = getelementptr [128 x i64], [128 x i64]* %p, i64 0, i64 7
  store volatile i64 %a, i64* %q
  %next = add i64 %a, 1
  %r = call i64 @overflow_lallA(i64 %next, i64 %b)
  %s = load volatile i64, i64* %q
  %t = add i64 %r, %s
  ret i64 %t
}
`;

/** Takes the second argument's number of bytes from malloc and writes to every page, as often as the first one says. */
export const hoarder = `declare i8* @malloc(i64)
declare i8* @memset(i8*, i32, i64)

define i64 @hoarder_lallA(i64 %times, i64 %bytes) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = call i8* @malloc(i64 %bytes)
  %q = call i8* @memset(i8* %p, i32 1, i64 %bytes)
  %a = ptrtoint i8* %q to i64
  store volatile i8 2, i8* %q
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %times
  br i1 %more, label %loop, label %done
done:
  ret i64 %a
}
`;

/** Never returns, and keeps every signal that could stop it from being delivered. */
export const unstoppable = `declare i32 @sigfillset(i8*)
declare i32 @sigprocmask(i32, i8*, i8*)

define i64 @unstoppable_lallA(i64 %a, i64 %b) {
entry:
  %set = alloca [128 x i8]
  %p = getelementptr [128 x i8], [128 x i8]* %set, i64 0, i64 0
  %x = call i32 @sigfillset(i8* %p)
  %y = call i32 @sigprocmask(i32 0, i8* %p, i8* null)
  br label %loop
loop:
  store volatile i8 1, i8* %p
  br label %loop
}
`;
