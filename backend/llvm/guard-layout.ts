import { RemoteError } from '../contract/remote-error.ts';

/**
 * Sizes and offsets, in bytes, of the C library's structs that the guard reads and writes: glibc 2.17 and later.
 *
 * Sources, glibc 2.36: struct sigaction sysdeps/unix/sysv/linux/bits/sigaction.h; stack_t bits/types/stack_t.h;
 * siginfo_t bits/types/siginfo_t.h (si_addr in the union that follows three ints and 4 bytes of padding); ucontext_t
 * sysdeps/unix/sysv/linux/{x86,aarch64}/sys/ucontext.h; sigjmp_buf setjmp/bits/types/struct___jmp_buf_tag.h with
 * sysdeps/{x86_64,aarch64}/bits/setjmp.h (200 and 312 bytes). Checked by the compiler against the installed headers of
 * both, and the guard itself runs on aarch64 under qemu.
 */
export interface GuardLayout {
  readonly actionByteLength: number;
  readonly actionHandler: number;
  readonly actionFlags: number;
  readonly stackByteLength: number;
  readonly stackPointer: number;
  readonly stackFlags: number;
  readonly stackSize: number;
  readonly infoCode: number;
  readonly infoAddress: number;
  /** The interrupted instruction in ucontext_t: gregs[REG_RIP], or uc_mcontext.pc. */
  readonly contextInstruction: number;
  /** gregs[REG_RSP], or uc_mcontext.sp. */
  readonly contextStackPointer: number;
  /** Where a function of the C library that was just entered has its return address: in regs[30], or on the stack. */
  readonly contextReturnAddress: number | 'on-stack';
  /** Room for a sigjmp_buf, more than either needs. */
  readonly jumpBufferByteLength: number;
}

/** Where both architectures agree. */
const LINUX_64 = {
  actionByteLength: 152,
  actionHandler: 0,
  actionFlags: 136,
  stackByteLength: 24,
  stackPointer: 0,
  stackFlags: 8,
  stackSize: 16,
  infoCode: 8,
  infoAddress: 16,
  jumpBufferByteLength: 512,
} as const;

const LAYOUTS: Readonly<Partial<Record<NodeJS.Architecture, GuardLayout>>> = {
  // uc_flags 8, uc_link 8, uc_stack 24, then gregs: REG_RSP 15 and REG_RIP 16, 8 bytes each.
  x64: {
    ...LINUX_64,
    contextInstruction: 168,
    contextStackPointer: 160,
    contextReturnAddress: 'on-stack',
  },
  // uc_flags 8, uc_link 8, uc_stack 24, uc_sigmask 128, then mcontext at 176 (16-aligned): fault_address, regs[31], sp, pc.
  arm64: { ...LINUX_64, contextInstruction: 440, contextStackPointer: 432, contextReturnAddress: 424 },
};

/** @throws RemoteError `unsupported` on other architectures */
export function guardLayout(architecture: NodeJS.Architecture = process.arch): GuardLayout {
  const layout = LAYOUTS[architecture];
  if (layout === undefined) {
    throw new RemoteError('unsupported', `compiled functions run on x64 and arm64, not on ${architecture}`);
  }
  return layout;
}

/** Numbers and flags of Linux on x86-64 and aarch64 (asm-generic/signal.h; x86 agrees). */
export const SIGNALS = {
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGSEGV: 11,
  SIGUSR2: 12,
} as const;

/** How far from the stack's end an access still counts as one to the stack: more than any red zone or probe step. */
export const STACK_REACH = 64 * 1024;

export const SA_SIGINFO = 0x4;
export const SA_ONSTACK = 0x08000000;
export const SA_RESTART = 0x10000000;
export const SA_NODEFER = 0x40000000;
export const SS_DISABLE = 2;
export const SIG_UNBLOCK = 1;
