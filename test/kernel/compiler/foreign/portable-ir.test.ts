import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  needsOpaquePointers,
  portableIr,
  withoutRestraints,
} from '../../../../kernel/compiler/foreign/portable-ir.ts';

/* The lines are what clang 16, clang 19 and rustc 1.95 (LLVM 22) write. */

const portable = suite('IR for older versions of LLVM');

portable('attributes go that the server does not know, and no others', () => {
  const line =
    'define dso_local void @mk(ptr dead_on_unwind noalias writable sret(%struct.big) align 8 %0, i8 noundef range(i8 0, 2) %1) #0 {';
  assert.is(portableIr(line, 19), line);
  assert.is(
    portableIr(line, 18),
    'define dso_local void @mk(ptr dead_on_unwind noalias writable sret(%struct.big) align 8 %0, i8 noundef %1) #0 {',
  );
  assert.is(
    portableIr(line, 16),
    'define dso_local void @mk(ptr noalias sret(%struct.big) align 8 %0, i8 noundef %1) #0 {',
  );
});

portable('a group keeps an attribute', () => {
  const group = 'attributes #1 = { nocallback nofree nounwind willreturn memory(argmem: readwrite) }';
  assert.is(portableIr(group, 16), group);
  assert.is(portableIr(group, 15), 'attributes #1 = { nocallback nofree nounwind willreturn }');
  assert.is(portableIr('attributes #2 = { memory(none) }', 15), 'attributes #2 = { "rjit" }');
});

portable('flags of instructions go', () => {
  const at = (line: string, major: number) => portableIr(line, major);
  assert.is(at('  %2 = trunc nuw i8 %1 to i1', 18), '  %2 = trunc i8 %1 to i1');
  assert.is(at('  %2 = trunc nuw i8 %1 to i1', 19), '  %2 = trunc nuw i8 %1 to i1');
  assert.is(at('  %2 = trunc nuw nsw i8 %1 to i1', 16), '  %2 = trunc i8 %1 to i1');
  assert.is(at('  %2 = add nuw i8 %1, 2', 14), '  %2 = add nuw i8 %1, 2');
  assert.is(
    at('  %p = getelementptr inbounds nuw double, ptr %q, i64 %i', 15),
    '  %p = getelementptr inbounds double, ptr %q, i64 %i',
  );
  assert.is(at('  %f = uitofp nneg i32 %i to double', 16), '  %f = uitofp i32 %i to double');
  assert.is(at('  %d = or disjoint i32 %i, 1', 16), '  %d = or i32 %i, 1');
});

portable('names and strings that look like attributes stay', () => {
  const lines = [
    '@range = internal constant [6 x i8] c"range\\00"',
    '@memory = global i8 0, section " memory(none) "',
    'define void @writable(i8 %range, i8 %captures) {',
    '  br label %memory',
  ];
  for (const line of lines) assert.is(portableIr(line, 14), line);
});

portable('lifetime markers go, whose form changed, and lines keep their numbers', () => {
  const ir = 'a\n  call void @llvm.lifetime.start.p0(ptr nonnull %x)\nb';
  assert.is(portableIr(ir, 22), 'a\n\nb');
});

portable('records of debug information go where the server has none', () => {
  assert.is(portableIr('    #dbg_declare(ptr %2, !366, !DIExpression(), !367)', 18), '');
  assert.is(portableIr('    #dbg_value(i32 0, !3)', 19), '    #dbg_value(i32 0, !3)');
});

portable('module flags have a behaviour that the server knows', () => {
  assert.is(portableIr('!1 = !{i32 8, !"PIC Level", i32 2}', 14), '!1 = !{i32 7, !"PIC Level", i32 2}');
  assert.is(portableIr('!1 = !{i32 8, !"PIC Level", i32 2}', 15), '!1 = !{i32 8, !"PIC Level", i32 2}');
});

portable('a personality goes where nothing is caught', () => {
  const define = 'define i64 @rec(i64 %n) unnamed_addr #0 personality ptr @rust_eh_personality {';
  assert.is(portableIr(define, 19), 'define i64 @rec(i64 %n) unnamed_addr #0 {');
  const catching = `${define}\n  %1 = landingpad { ptr, i32 }`;
  assert.is(portableIr(catching, 19), catching);
});

portable('pointers without a type are noticed where LLVM 14 would have to read them', () => {
  const yes = ['  store double %0, ptr %4, align 8', '%t = type { ptr, i8 }', 'declare ptr @malloc(i64)'];
  for (const line of yes) {
    assert.ok(needsOpaquePointers(line, 14), line);
    assert.not.ok(needsOpaquePointers(line, 15), line);
  }
  const no = ['  store double %0, double* %ptr', '@ptr = global i8 0', 'c" ptr "'];
  for (const line of no) assert.not.ok(needsOpaquePointers(line, 14), line);
});

portable('clang’s functions at -O0 may be inlined, for any processor', () => {
  assert.is(
    withoutRestraints(
      'attributes #0 = { noinline nounwind uwtable "frame-pointer"="all" "target-cpu"="x86-64" "tune-cpu"="generic" }',
    ),
    'attributes #0 = { nounwind }',
  );
  assert.is(withoutRestraints('attributes #1 = { "no-trapping-math"="true" }'), 'attributes #1 = { "rjit" }');
  assert.is(
    withoutRestraints('attributes #2 = { alwaysinline nounwind }'),
    'attributes #2 = { alwaysinline nounwind }',
  );
});

portable.run();
