import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';
import { completeCell } from './complete-cell.ts';
import { describeAt } from './describe-at.ts';
import { diagnoseCell } from './diagnose-cell.ts';
import { knownMembers } from './known-members.ts';
import { type CellModule, Notebook } from './notebook.ts';
import type {
  Description,
  ServiceAnswers,
  ServiceCompletions,
  ServiceNews,
  ServiceQuestion,
  TypeDiagnostic,
} from './protocol.ts';
import { ServiceHost } from './service-host.ts';

/** The types of so many names are inferred before somebody asks. */
const MAX_PREPARED = 100;

/** TypeScript's own language service over the cells of one notebook. */
export class NotebookService {
  readonly #notebook: Notebook;
  readonly #host: ServiceHost;
  readonly #service: TypeScript.LanguageService;

  /** `folder` has no `\`; `globals` declares what every cell can use. */
  constructor(folder: string, globals: string) {
    this.#notebook = new Notebook(folder);
    this.#host = new ServiceHost(this.#notebook, folder, globals);
    this.#service = ts.createLanguageService(this.#host);
  }

  tell(news: ServiceNews): void {
    this.#host.forgetResolutions();
    switch (news.op) {
      case 'ran':
        this.#notebook.add(news.name, news.cell.code);
        break;
      case 'declared':
        for (const declaration of news.declarations) this.#notebook.declare(declaration);
        break;
      case 'forget':
        this.#notebook.clear();
        break;
    }
  }

  ask(question: ServiceQuestion): ServiceAnswers[keyof ServiceAnswers] {
    switch (question.op) {
      case 'warm-up':
        // Many members, and few that are described.
        for (const code of ['process.', 'Math.ma']) this.#complete(code, code.length);
        this.#check('const x: number = [1].map((y) => y)[0];');
        return null;
      case 'prepare':
        this.#prepare();
        return null;
      case 'complete':
        return this.#complete(question.cell.code, question.cursor);
      case 'inspect':
        return this.#inspect(question);
      case 'check':
        return this.#check(question.cell.code);
      case 'check-ran':
        return this.#checkRan(question.name);
    }
  }

  #draft(code: string): CellModule {
    const module = this.#notebook.draft(code, !this.#host.isResolved);
    this.#host.focus(module);
    return module;
  }

  #prepare(): void {
    if (this.#notebook.currentDraft === undefined) this.#draft('');
    this.#service.getProgram();
    // TypeScript infers types when they are first asked for.
    for (const name of this.#notebook.knownNames.slice(-MAX_PREPARED)) {
      this.#knownMembers(`${name}.`, name.length + 1);
    }
  }

  #complete(code: string, cursor: number): ServiceCompletions {
    const draft = (text: string) => this.#draft(text);
    return (
      this.#knownMembers(code, cursor) ??
      completeCell({ service: this.#service, notebook: this.#notebook, draft, code, cursor })
    );
  }

  #knownMembers(code: string, cursor: number): ServiceCompletions | undefined {
    const draft = this.#notebook.currentDraft;
    if (draft === undefined) return undefined;
    this.#host.focus(draft);
    const program = this.#service.getProgram();
    const { globalsPath } = this.#host;
    return program && knownMembers({ program, notebook: this.#notebook, draft, globalsPath, code, cursor });
  }

  #inspect({ cell, cursor, wantsSource }: ServiceQuestion & { readonly op: 'inspect' }): Description | null {
    const module = this.#draft(cell.code);
    return (
      describeAt({ service: this.#service, notebook: this.#notebook, module, cursor, wantsSource }) ?? null
    );
  }

  #check(code: string): readonly TypeDiagnostic[] {
    return diagnoseCell(this.#service, this.#notebook, this.#draft(code));
  }

  #checkRan(name: string): readonly TypeDiagnostic[] {
    const module = this.#notebook.draftOf(name);
    if (module === undefined) return [];
    this.#host.focus(module);
    return diagnoseCell(this.#service, this.#notebook, module);
  }
}
