import { RemoteError } from '../contract/remote-error.ts';
import type { MessageRef, Out, TargetMachineRef, TargetRef } from './c-api/references.ts';
import { takeMessage } from './c-strings.ts';
import type { Llvm } from './llvm.ts';

/** What code is compiled for. `features` is LLVM's list ("+avx2,-amx"), empty for a CPU's own defaults. */
export interface TargetDescription {
  readonly triple: string;
  readonly dataLayout: string;
  readonly cpu: string;
  readonly features: string;
  readonly llvmMajor: number;
}

/** What to compile for instead of the processor that LLVM finds in this machine. */
export interface TargetOptions {
  readonly cpu?: string;
  readonly features?: string;
}

/** Code that every processor of this architecture runs. */
export function baselineTarget(architecture: NodeJS.Architecture = process.arch): Required<TargetOptions> {
  return { cpu: architecture === 'x64' ? 'x86-64' : 'generic', features: '' };
}

/** A target machine and its description. `dispose` frees the machine. */
export class Target {
  readonly description: TargetDescription;
  readonly machine: TargetMachineRef;
  readonly #llvm: Llvm;

  /** @throws RemoteError `unsupported` when LLVM has no code generator for this machine. */
  constructor(llvm: Llvm, options: TargetOptions = {}) {
    const { api } = llvm;
    const triple = api.defaultTriple();
    const cpu = options.cpu ?? api.hostCpuName();
    // Another CPU's features would switch on instructions it lacks.
    const features = options.features ?? (options.cpu === undefined ? api.hostCpuFeatures() : '');
    this.#llvm = llvm;
    this.machine = createMachine(llvm, triple, cpu, features);
    this.description = { triple, dataLayout: this.#dataLayout(), cpu, features, llvmMajor: llvm.major };
  }

  /** Another machine of the same kind, for an owner that takes it. */
  cloneMachine(): TargetMachineRef {
    const { triple, cpu, features } = this.description;
    return createMachine(this.#llvm, triple, cpu, features);
  }

  dispose(): void {
    this.#llvm.api.disposeTargetMachine(this.machine);
  }

  #dataLayout(): string {
    const { api } = this.#llvm;
    const layout = api.createTargetDataLayout(this.machine);
    const text = api.dataLayoutText(layout);
    api.disposeTargetData(layout);
    return text;
  }
}

const LEVEL_AGGRESSIVE = 3;
/** Position-independent, so that calls and data more than 2 GiB away go through the linker's own tables. */
const RELOCATION_PIC = 2;
/** The small model, as clang's; the C API's "JIT default" would be the large one, slower for every constant. */
const CODE_MODEL_SMALL = 3;

function createMachine(llvm: Llvm, triple: string, cpu: string, features: string): TargetMachineRef {
  const { api } = llvm;
  const target: Out<TargetRef> = [0];
  const message: Out<MessageRef> = [0];
  const failed = api.targetFromTriple(triple, target, message);
  const [ref] = target;
  if (failed !== 0 || ref === 0) throw new RemoteError('unsupported', takeMessage(api, message));
  const machine = api.createTargetMachine(
    ref,
    triple,
    cpu,
    features,
    LEVEL_AGGRESSIVE,
    RELOCATION_PIC,
    CODE_MODEL_SMALL,
  );
  if (machine === 0) {
    throw new RemoteError('unsupported', `LLVM ${llvm.version} makes no code for ${cpu} on ${triple}`);
  }
  return machine;
}
