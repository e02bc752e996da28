import {
  type CancellationToken,
  type ClientCapabilities,
  type Diagnostic,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
} from 'vscode-languageserver';
import type { Finding } from '../../kubeproxy/findings/finding.ts';
import { Excerpt } from '../../language/excerpt.ts';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import type { DocumentProblems } from '../documentProblems.ts';
import type { EditClock } from '../editClock.ts';
import { editorTold, type Stop, type Turns } from '../inTurns.ts';

/** What the editor has of a document. */
interface Answered {
  readonly resultId: string;
  readonly told: string;
}

/** Whether an editor asks for diagnostics, and asks again when it is told that more is known. All others are told of them. */
export function pullsDiagnostics({ textDocument, workspace }: ClientCapabilities): boolean {
  return textDocument?.diagnostic !== undefined && workspace?.diagnostics?.refreshSupport === true;
}

/** Files beside a document decide, too; the server says when they changed, so that an editor need not ask of all for each edit. */
export const pulledDiagnostics: ServerCapabilities = {
  diagnosticProvider: { identifier: 'kube-proxy', interFileDependencies: false, workspaceDiagnostics: false },
};

/**
 * Answers an editor that asks what is found in a document. It asks at every letter: the answer waits until the clock of edits
 * tells. Where what is found of Services takes long, the answer is what is found in the text, and the editor is told to ask
 * again when the rest is known. What it has already is not sent twice.
 */
export class PulledDiagnostics {
  readonly #problems: DocumentProblems;
  readonly #clock: EditClock;
  readonly #refresh: () => Promise<void>;
  readonly #complain: (message: string) => void;
  readonly #answered = new Map<string, Answered>();
  #count = 0;
  #toldToAsk = false;

  /** `refresh` tells the editor to ask again, `complain` of what should not have happened. */
  constructor(
    problems: DocumentProblems,
    clock: EditClock,
    refresh: () => Promise<void>,
    complain: (message: string) => void,
  ) {
    this.#problems = problems;
    this.#clock = clock;
    this.#refresh = refresh;
    this.#complain = complain;
  }

  forget(uri: string): void {
    this.#answered.delete(uri);
    this.#problems.forget(uri);
  }

  /** Rejects where the request was cancelled, or the document changed meanwhile; then the editor asks again. */
  async answer(
    { textDocument: { uri }, previousResultId }: DocumentDiagnosticParams,
    token: CancellationToken,
  ): Promise<DocumentDiagnosticReport> {
    await this.#clock.settled(uri);
    const document = this.#problems.workspace.document(uri);
    // What is found in a held file the editor is told at its excerpts, open or not.
    if (document === null || document instanceof Excerpt)
      return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    const replaced = this.#replaced(document);
    const own = await this.#problems.inText(document, {
      get stopped() {
        return token.isCancellationRequested || replaced.stopped;
      },
    });
    if (own.kind === 'stopped') throw askAgain();
    const early = this.#problems.early(document, own.value);
    const ofServices = await this.#inTime(document, early.after, replaced);
    if (ofServices?.kind === 'stopped') throw askAgain();
    const found = ofServices === null ? early.findings : [...own.value, ...ofServices.value];
    const items = this.#problems.diagnostics(document, found);
    return this.#report(document, items, previousResultId);
  }

  /** What is found of Services; null where it takes longer than `milliseconds`: then the editor is told to ask again once it is known. */
  async #inTime(
    document: RulesDocument,
    milliseconds: number,
    stop: Stop,
  ): Promise<Turns<readonly Finding[]> | null> {
    const found = this.#problems.ofServices(document, stop);
    const late = Symbol('late');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = new Promise<typeof late>((resolve) => {
      timer = setTimeout(() => resolve(late), milliseconds);
    });
    const first = await Promise.race([found, soon]);
    clearTimeout(timer);
    if (first !== late) {
      void this.#work(this.#behind(document, stop));
      return first;
    }
    void this.#work(
      found.then(async ({ kind }) => {
        if (kind === 'stopped' || stop.stopped) return;
        this.askAgain();
        await this.#behind(document, stop);
      }),
    );
    return null;
  }

  /** What is worked out once all is answered; the editor asks again where packets show more. */
  async #behind(document: RulesDocument, stop: Stop): Promise<void> {
    await this.#problems.prepare(document, stop);
    if (await this.#problems.traced(document, stop)) this.askAgain();
  }

  /** Tells the editor, once for all documents. It asks by itself after edits. */
  askAgain(): void {
    if (this.#toldToAsk) return;
    this.#toldToAsk = true;
    void this.#work(
      Promise.resolve().then(() => {
        this.#toldToAsk = false;
        return this.#refresh();
      }),
    );
  }

  /** What goes on behind an answer must not take the server with it. */
  async #work(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#complain(`A check failed: ${String(error)}`);
    }
  }

  /** Stopped once the document has another version or none. */
  #replaced(document: RulesDocument): Stop {
    const { workspace } = this.#problems;
    return {
      get stopped() {
        return workspace.document(document.uri) !== document;
      },
    };
  }

  #report(
    document: RulesDocument,
    items: Diagnostic[],
    previousResultId: string | undefined,
  ): DocumentDiagnosticReport {
    const known = this.#answered.get(document.uri);
    const told = JSON.stringify(items);
    const isSame = known !== undefined && known.resultId === previousResultId && known.told === told;
    const resultId = isSame ? known.resultId : String(++this.#count);
    this.#answered.set(document.uri, { resultId, told });
    editorTold();
    return isSame
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  }
}

function askAgain(): ResponseError<DiagnosticServerCancellationData> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'The rules changed while they were checked.', {
    retriggerRequest: true,
  });
}
