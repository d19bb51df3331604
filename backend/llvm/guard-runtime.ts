import { RECORD } from './call-record.ts';
import { type GuardLayout, SIG_UNBLOCK, SIGNALS, STACK_REACH } from './guard-layout.ts';

export const GUARD_SYMBOLS = {
  call: 'rjit_guarded_call',
  handler: 'rjit_signal_handler',
  raise: 'rjit_raise',
} as const;

/** What `rjit_guarded_call` returns besides a signal's number. */
export const OUTCOME = { returned: 0, raised: 1000, cancelledBeforeStart: 1001 } as const;

interface RuntimeOptions {
  readonly layout: GuardLayout;
  /** Of the call record. */
  readonly recordAddress: number;
  /** Of a table of pointers, indexed by signal: the handlers that were installed before, or 0. */
  readonly previousHandlersAddress: number;
  /** The only thread that runs compiled functions. */
  readonly threadId: number;
}

/**
 * The guard, as IR that the JIT compiles for itself: no compiler is needed on the server, and addresses of this
 * process can stand in it as constants.
 *
 * `rjit_guarded_call(fn, args, ret)` marks where to come back to, then calls. A fault, SIGUSR2 or `rjit_raise` comes
 * back there with siglongjmp, past the compiled function's frames, which hold nothing to clean up. The signal mask is
 * neither saved nor restored, which would be two system calls a call: faults don't change it (SA_NODEFER), and SIGUSR2,
 * which must be blocked in its handler because a burst would overflow the signal stack, is unblocked when it has acted.
 *
 * The handler must only touch what belongs to a call it interrupts: on another thread or outside a call a fault goes
 * to whatever handler was there before (V8's for WebAssembly, Node's), else ends the process as it would have. The
 * order of volatile stores makes a cancellation harmless at any instruction: it acts only between the two stores to
 * @active, and only on the call number that the supervisor marked.
 */
export function guardRuntimeText(options: RuntimeOptions): string {
  const { layout } = options;
  return `
@jump_buffer = internal global [${layout.jumpBufferByteLength} x i8] zeroinitializer, align 16
@active = internal global i32 0
@cancel_set = internal constant [16 x i64] [ i64 ${1 << (SIGNALS.SIGUSR2 - 1)}${', i64 0'.repeat(15)} ]

declare i32 @__sigsetjmp(i8*, i32) returns_twice
declare void @siglongjmp(i8*, i32) noreturn
declare i8* @signal(i32, i8*)
declare i32 @pthread_sigmask(i32, i8*, i8*)
declare i32 @gettid()
declare i32 @getpid()
declare i32 @tgkill(i32, i32, i32)

${guardedCallText(options)}
${raiseText(options)}
${handlerText(options)}
${cancellationText(options)}
${chainText(options)}`;
}

const JUMP_BUFFER = (layout: GuardLayout) =>
  `i8* getelementptr inbounds ([${layout.jumpBufferByteLength} x i8], [${layout.jumpBufferByteLength} x i8]* @jump_buffer, i64 0, i64 0)`;

function guardedCallText({ layout, recordAddress }: RuntimeOptions): string {
  return `
define i32 @${GUARD_SYMBOLS.call}(void (i8*, i8*)* %function, i8* %args, i8* %ret) noinline nounwind {
  %outcome = call i32 @__sigsetjmp(${JUMP_BUFFER(layout)}, i32 0) returns_twice
  %first = icmp eq i32 %outcome, ${OUTCOME.returned}
  br i1 %first, label %start, label %back
start:
  store volatile i32 1, i32* @active
  %marked = load volatile i32, i32* ${word(recordAddress, RECORD.cancelSequence)}
  %sequence = load volatile i32, i32* ${word(recordAddress, RECORD.sequence)}
  %cancelled = icmp eq i32 %marked, %sequence
  br i1 %cancelled, label %skip, label %run
skip:
  store volatile i32 0, i32* @active
  ret i32 ${OUTCOME.cancelledBeforeStart}
run:
  call void %function(i8* %args, i8* %ret)
  store volatile i32 0, i32* @active
  ret i32 ${OUTCOME.returned}
back:
  %blocked = icmp eq i32 %outcome, ${SIGNALS.SIGUSR2}
  br i1 %blocked, label %unblock, label %answer
unblock:
  %done = call i32 @pthread_sigmask(i32 ${SIG_UNBLOCK}, i8* bitcast ([16 x i64]* @cancel_set to i8*), i8* null)
  br label %answer
answer:
  ret i32 %outcome
}`;
}

function raiseText({ layout, recordAddress }: RuntimeOptions): string {
  return `
define void @${GUARD_SYMBOLS.raise}(i32 %kind, i32 %location) noreturn nounwind {
  store volatile i32 %kind, i32* ${word(recordAddress, RECORD.raiseKind)}
  store volatile i32 %location, i32* ${word(recordAddress, RECORD.raiseLocation)}
  store volatile i32 0, i32* @active
  call void @siglongjmp(${JUMP_BUFFER(layout)}, i32 ${OUTCOME.raised})
  unreachable
}`;
}

function handlerText({ layout, recordAddress, threadId }: RuntimeOptions): string {
  return `
define void @${GUARD_SYMBOLS.handler}(i32 %signal, i8* %info, i8* %context) nounwind {
  %cancelling = icmp eq i32 %signal, ${SIGNALS.SIGUSR2}
  br i1 %cancelling, label %cancel, label %fault
cancel:
  call void @cancel(i32 %signal, i8* %info, i8* %context)
  ret void
fault:
  %active = load volatile i32, i32* @active
  %inside = icmp ne i32 %active, 0
  %thread = call i32 @gettid()
  %own = icmp eq i32 %thread, ${threadId}
  %ours = and i1 %inside, %own
  %addressAt = getelementptr i8, i8* %info, i64 ${layout.infoAddress}
  %addressAt64 = bitcast i8* %addressAt to i64*
  %address = load i64, i64* %addressAt64
  %instructionAt = getelementptr i8, i8* %context, i64 ${layout.contextInstruction}
  %instructionAt64 = bitcast i8* %instructionAt to i64*
  %instruction = load i64, i64* %instructionAt64
  %stackAt = getelementptr i8, i8* %context, i64 ${layout.contextStackPointer}
  %stackAt64 = bitcast i8* %stackAt to i64*
  %stack = load i64, i64* %stackAt64
  store volatile i32 %signal, i32* ${word(recordAddress, RECORD.signal)}
  store volatile i64 %address, i64* ${doubleWord(recordAddress, RECORD.faultAddress)}
  store volatile i64 %instruction, i64* ${doubleWord(recordAddress, RECORD.faultInstruction)}
  store volatile i64 %stack, i64* ${doubleWord(recordAddress, RECORD.faultStackPointer)}
  br i1 %ours, label %look, label %pass
${returnAddressText(layout, recordAddress)}
back:
  store volatile i32 0, i32* @active
  call void @siglongjmp(${JUMP_BUFFER(layout)}, i32 %signal)
  unreachable
pass:
  call void @pass_on(i32 %signal, i8* %info, i8* %context)
  ret void
}`;
}

/** From `look` to `back`. Where the stack has overflowed, nothing can be read from it. */
function returnAddressText(layout: GuardLayout, recordAddress: number): string {
  const { contextReturnAddress } = layout;
  const source =
    contextReturnAddress === 'on-stack'
      ? '  %returnAt64 = inttoptr i64 %stack to i64*'
      : `  %returnAt = getelementptr i8, i8* %context, i64 ${contextReturnAddress}
  %returnAt64 = bitcast i8* %returnAt to i64*`;
  return `look:
  store volatile i64 0, i64* ${doubleWord(recordAddress, RECORD.faultReturn)}
  %distance = sub i64 %address, %stack
  %reach = add i64 %distance, ${STACK_REACH}
  %overflow = icmp ult i64 %reach, ${2 * STACK_REACH}
  br i1 %overflow, label %back, label %peek
peek:
${source}
  %return = load i64, i64* %returnAt64
  store volatile i64 %return, i64* ${doubleWord(recordAddress, RECORD.faultReturn)}
  br label %back`;
}

/** A signal to the process arrives on any of its threads, so it may have to travel on to the one that runs the call. */
function cancellationText({ layout, recordAddress, threadId }: RuntimeOptions): string {
  return `
define internal void @cancel(i32 %signal, i8* %info, i8* %context) nounwind {
  %active = load volatile i32, i32* @active
  %inside = icmp ne i32 %active, 0
  %marked = load volatile i32, i32* ${word(recordAddress, RECORD.cancelSequence)}
  %sequence = load volatile i32, i32* ${word(recordAddress, RECORD.sequence)}
  %meant = icmp eq i32 %marked, %sequence
  %due = and i1 %inside, %meant
  br i1 %due, label %act, label %ignore
ignore:
  call void @pass_on(i32 %signal, i8* %info, i8* %context)
  ret void
act:
  %thread = call i32 @gettid()
  %own = icmp eq i32 %thread, ${threadId}
  br i1 %own, label %back, label %forward
back:
  store volatile i32 0, i32* @active
  call void @siglongjmp(${JUMP_BUFFER(layout)}, i32 %signal)
  unreachable
forward:
  %process = call i32 @getpid()
  %sent = call i32 @tgkill(i32 %process, i32 ${threadId}, i32 %signal)
  ret void
}`;
}

/**
 * With no handler before ours, SIGUSR2 is ignored and for the rest the default comes back: a fault, met again, ends
 * the process then. A signal that was sent (si_code <= 0) would not come again by itself, so it is.
 */
function chainText({ layout, previousHandlersAddress, threadId }: RuntimeOptions): string {
  return `
define internal void @pass_on(i32 %signal, i8* %info, i8* %context) nounwind {
  %index = sext i32 %signal to i64
  %table = inttoptr i64 ${previousHandlersAddress} to void (i32, i8*, i8*)**
  %entry = getelementptr void (i32, i8*, i8*)*, void (i32, i8*, i8*)** %table, i64 %index
  %previous = load void (i32, i8*, i8*)*, void (i32, i8*, i8*)** %entry
  %none = icmp eq void (i32, i8*, i8*)* %previous, null
  br i1 %none, label %alone, label %chain
chain:
  call void %previous(i32 %signal, i8* %info, i8* %context)
  ret void
alone:
  %cancelling = icmp eq i32 %signal, ${SIGNALS.SIGUSR2}
  br i1 %cancelling, label %done, label %default
default:
  %old = call i8* @signal(i32 %signal, i8* null)
  %codeAt = getelementptr i8, i8* %info, i64 ${layout.infoCode}
  %codeAt32 = bitcast i8* %codeAt to i32*
  %code = load i32, i32* %codeAt32
  %sent = icmp sle i32 %code, 0
  br i1 %sent, label %again, label %done
again:
  %process = call i32 @getpid()
  %result = call i32 @tgkill(i32 %process, i32 ${threadId}, i32 %signal)
  ret void
done:
  ret void
}`;
}

function word(base: number, offset: number): string {
  return `inttoptr (i64 ${base + offset} to i32*)`;
}

function doubleWord(base: number, offset: number): string {
  return `inttoptr (i64 ${base + offset} to i64*)`;
}
