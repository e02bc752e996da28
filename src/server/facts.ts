/** Facts in texts of any name, of the nodes whose rules are open: which the client has, and what they hold. */
import { contentsOf } from '../kubeproxy/facts/contents.ts';
import { type FactFile, factsBeside, namedFacts, type NodeFacts } from '../kubeproxy/facts/nodeFacts.ts';
import type { FactText, FactTexts } from '../protocol/facts.ts';
import { isRecord } from '../text/json.ts';

/** The facts of one document's node. */
export interface DocumentFacts {
  readonly texts: FactTexts;
  readonly given: NodeFacts;
  readonly beside: NodeFacts;
}

export type AskForFacts = (uri: string) => Promise<FactTexts>;

const NONE: FactTexts = { given: [], unread: [], beside: [] };

/** Each document is asked about once, until the client says that its facts changed. */
export class Facts {
  readonly #ask: AskForFacts;
  readonly #byDocument = new Map<string, Promise<DocumentFacts>>();
  /** The last answer: what is the same in the next one is not read anew. */
  readonly #answered = new Map<string, DocumentFacts>();

  constructor(ask: AskForFacts) {
    this.#ask = ask;
  }

  /** Never rejects: of a client that cannot answer nothing is known. The same value, as long as the texts are the same. */
  of(uri: string): Promise<DocumentFacts> {
    const known = this.#byDocument.get(uri);
    if (known !== undefined) return known;
    const asked = this.#askFor(uri);
    this.#byDocument.set(uri, asked);
    return asked;
  }

  changed(uri: string): void {
    this.#byDocument.delete(uri);
  }

  /** The document was closed. */
  forget(uri: string): void {
    this.#byDocument.delete(uri);
    this.#answered.delete(uri);
  }

  async #askFor(uri: string): Promise<DocumentFacts> {
    const texts = await this.#ask(uri).catch(() => NONE);
    const before = this.#answered.get(uri);
    if (before !== undefined && JSON.stringify(before.texts) === JSON.stringify(texts)) return before;
    const facts = {
      texts,
      given: namedFacts(texts.given.map(factFile)),
      beside: factsBeside(texts.beside.map(factFile)),
    };
    this.#answered.set(uri, facts);
    return facts;
  }
}

function factFile({ uri, text }: FactText): FactFile {
  return { id: uri, contents: contentsOf(text) };
}

/** What a client sent, without what is not as it should be. */
export function readFactTexts(answer: unknown): FactTexts {
  if (!isRecord(answer)) return NONE;
  return {
    given: listOf(answer['given']).flatMap(readText),
    beside: listOf(answer['beside']).flatMap(readText),
    unread: listOf(answer['unread']).flatMap((each) => {
      if (!isRecord(each)) return [];
      const { uri, name, reason } = each;
      if (typeof uri !== 'string' || typeof name !== 'string' || typeof reason !== 'string') return [];
      return [{ uri, name, reason }];
    }),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function readText(value: unknown): readonly FactText[] {
  if (!isRecord(value)) return [];
  const { uri, name, text } = value;
  if (typeof uri !== 'string' || typeof name !== 'string' || typeof text !== 'string') return [];
  return [{ uri, name, text: text.startsWith('\uFEFF') ? text.slice(1) : text }];
}
