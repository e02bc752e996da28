import { type Analysis, openAnalysis } from '../kubeproxy/analysis.ts';
import type { ClusterObjects } from '../kubeproxy/clusterObjects.ts';
import { type Rulesets, splitRuleset } from '../kubeproxy/rulesets.ts';
import type { Family } from '../kernel/flow.ts';
import type { SnapshotFileName } from '../kernel/snapshot.ts';
import { RulesDocument } from '../language/rulesDocument.ts';
import type { Span } from '../text/span.ts';
import type { TextLocation } from '../protocol/requests.ts';
import { liveAddressOf } from './liveAddress.ts';
import type { LiveObjects } from './liveObjects.ts';
import type { SiblingFiles, Siblings } from './siblings.ts';

/** What an answer about a document stands on: its snapshot, and where each family's rules are to be shown. */
export interface Subject {
  readonly document: RulesDocument;
  readonly analysis: Analysis;
  /** The document that holds a family's rules; null where there are none. */
  readonly sources: Readonly<Record<Family, RulesDocument | null>>;
  readonly siblings: Siblings;
  /** Of the context, where the document is a live node's. */
  readonly live: ClusterObjects | null;
}

const rulesFiles: Readonly<Record<Family, SnapshotFileName>> = {
  4: 'iptables-save.txt',
  6: 'ip6tables-save.txt',
};

/** The open documents, each parsed once per version, and the snapshots that they belong to. */
export class Workspace {
  readonly #siblings: SiblingFiles;
  readonly #live: LiveObjects;
  readonly #documents = new Map<string, RulesDocument>();
  readonly #subjects = new WeakMap<RulesDocument, Subject>();
  readonly #unopened = new WeakMap<object, RulesDocument>();

  constructor(siblings: SiblingFiles, live: LiveObjects) {
    this.#siblings = siblings;
    this.#live = live;
  }

  get documents(): Iterable<RulesDocument> {
    return this.#documents.values();
  }

  /** The open document's present version; null for one that is not open. */
  document(uri: string): RulesDocument | null {
    return this.#documents.get(uri) ?? null;
  }

  setText(uri: string, version: number, text: string): void {
    this.#documents.set(uri, new RulesDocument({ uri, version, text }));
  }

  close(uri: string): void {
    this.#documents.delete(uri);
  }

  /** The snapshot of an open document; null where it is not open (any more). */
  async subject(uri: string): Promise<Subject | null> {
    const siblings = await this.#siblings.of(uri);
    const document = this.document(uri);
    if (document === null) return null;
    const known = this.#subjects.get(document);
    const subject =
      known !== undefined && this.#isCurrent(known, siblings)
        ? this.#withLatestObjects(known)
        : this.#openSubject(document, siblings);
    this.#subjects.set(document, subject);
    return subject;
  }

  /** Where `span` of a family's rules is shown; null where that family has no rules. */
  locate(subject: Subject, family: Family, span: Span): TextLocation | null {
    const source = subject.sources[family];
    if (source === null) return null;
    const { start, end } = source.rangeOf(span);
    const endCharacter = end.line === start.line ? end.character : start.character;
    return { uri: source.uri, line: start.line, startCharacter: start.character, endCharacter };
  }

  /** An open sibling may have been edited since. */
  #isCurrent(subject: Subject, siblings: Siblings): boolean {
    if (subject.siblings !== siblings) return false;
    return ([4, 6] as const).every((family) => {
      const source = subject.sources[family];
      if (source === null || source === subject.document) return true;
      return (this.#documents.get(source.uri) ?? source) === source;
    });
  }

  /** What hangs on the rules alone is kept when only the cluster's objects changed. */
  #withLatestObjects(subject: Subject): Subject {
    const live = this.#liveObjectsOf(subject.document);
    if (live === subject.live) return subject;
    return { ...subject, live, analysis: subject.analysis.withObjects(live) };
  }

  #liveObjectsOf({ uri }: RulesDocument): ClusterObjects | null {
    const address = liveAddressOf(uri);
    return address === null ? null : this.#live.of(address.context);
  }

  #openSubject(document: RulesDocument, siblings: Siblings): Subject {
    const own = splitRuleset(document.ruleset, familyOfName(document.uri));
    const sources = {
      4: this.#source(4, own, document, siblings),
      6: this.#source(6, own, document, siblings),
    };
    const rulesets = { 4: rulesOf(4, sources[4], document, own), 6: rulesOf(6, sources[6], document, own) };
    const files = new Map([...siblings].map(([name, file]) => [name, file.text] as const));
    const live = this.#liveObjectsOf(document);
    const nodeName = liveAddressOf(document.uri)?.node ?? null;
    const analysis = openAnalysis({ rulesets, files, objects: live, nodeName });
    return { document, siblings, sources, live, analysis };
  }

  /** The document itself if it holds the family, else the snapshot's file of that family. */
  #source(family: Family, own: Rulesets, document: RulesDocument, siblings: Siblings): RulesDocument | null {
    if (own[family] !== null) return document;
    const file = siblings.get(rulesFiles[family]);
    if (file === undefined || file.uri === document.uri) return null;
    const open = this.#documents.get(file.uri);
    if (open !== undefined) return open;
    const known = this.#unopened.get(file);
    if (known !== undefined) return known;
    const read = new RulesDocument({ uri: file.uri, version: 0, text: file.text });
    this.#unopened.set(file, read);
    return read;
  }
}

function rulesOf(
  family: Family,
  source: RulesDocument | null,
  document: RulesDocument,
  own: Rulesets,
): Rulesets[Family] {
  if (source === null) return null;
  return source === document ? own[family] : splitRuleset(source.ruleset, family)[family];
}

/** What the name says where the rules do not: `ip6tables-save.txt`, `rules.v6`. */
function familyOfName(uri: string): Family {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  return /ip6tables|\.v6\b/.test(name) ? 6 : 4;
}
