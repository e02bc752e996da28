import type { Location } from 'vscode-languageserver';
import { factsInIpvs, factsInRules } from '../kubeproxy/facts/factsInRules.ts';
import type { NodeFacts } from '../kubeproxy/facts/nodeFacts.ts';
import { type Analysis, openAnalysis } from '../kubeproxy/analysis.ts';
import type { ClusterObjects } from '../kubeproxy/clusterObjects.ts';
import {
  followedSources,
  rulesFileNamed,
  rulesFileNames,
  type RulesFileName,
  type RulesText,
  type Source,
  Sources,
  type SourceSpan,
} from '../kubeproxy/sources.ts';
import { CONNECTIONS, IPVS, type SourceId } from '../kernel/ruleAt.ts';
import type { Ruleset } from '../rules/iptables/nodes.ts';
import type { LineIndex } from '../text/lineIndex.ts';
import { IPVS_FILE, ipvsTextOf, keepIpvsText } from '../kubeproxy/ipvsSource.ts';
import { linesOfSource } from '../kubeproxy/linesOfSource.ts';
import { NFT } from '../kubeproxy/nftSource.ts';
import { IpvsDocument } from '../language/ipvs/ipvsDocument.ts';
import { NftDocument } from '../language/nftables/nftDocument.ts';
import { OtherDocument } from '../language/otherDocument.ts';
import { fileNameOf, RulesDocument } from '../language/rulesDocument.ts';
import type { SourceUris, TextLocation } from '../protocol/requests.ts';
import { liveAddressOf } from './liveAddress.ts';
import { readExcerptUri } from './excerptUris.ts';
import { excerptsOf, type HeldDocument } from './heldDocument.ts';
import type { DocumentFacts, Facts } from './facts.ts';
import type { LiveObjects } from './liveObjects.ts';
import { folderOf, type SiblingFile, type SiblingFiles, type Siblings } from './siblings.ts';

/** What an answer about a document stands on: its snapshot, and where each source's rules are to be shown. */
export interface Subject {
  readonly document: RulesDocument;
  readonly analysis: Analysis;
  /** The document that holds a source's rules; null where there are none. */
  readonly documentOf: (source: SourceId) => RulesDocument | null;
  /** Of all sources, the document itself among them; an open one in the version that was open. */
  readonly documents: readonly RulesDocument[];
  readonly siblings: Siblings;
  /** Of texts of any name. */
  readonly facts: DocumentFacts;
  /** Of the document's own text, beside its rules. */
  readonly own: NodeFacts;
  /** Of the context, where the document is a live node's. */
  readonly live: ClusterObjects | null;
}

/** A document as a text of the snapshot. */
class DocumentText implements RulesText {
  readonly file: RulesFileName;
  readonly document: RulesDocument;

  constructor(file: RulesFileName, document: RulesDocument) {
    this.file = file;
    this.document = document;
  }

  get ruleset(): Ruleset {
    return this.document.ruleset;
  }

  get lines(): LineIndex {
    return this.document.lines;
  }
}

/** The open documents, each parsed once per version, and the snapshots that they belong to. */
export class Workspace {
  readonly #siblings: SiblingFiles;
  readonly #facts: Facts;
  readonly #live: LiveObjects;
  readonly #documents = new Map<string, RulesDocument>();
  /** Files that are no editor's document; one that is open as such as well counts as that. */
  readonly #held = new Map<string, HeldDocument>();
  readonly #subjects = new WeakMap<RulesDocument, Subject>();
  readonly #unopened = new WeakMap<SiblingFile, RulesDocument>();
  /** Of open and held documents. */
  readonly #prepared = new Map<string, Analysis>();

  constructor(siblings: SiblingFiles, facts: Facts, live: LiveObjects) {
    this.#siblings = siblings;
    this.#facts = facts;
    this.#live = live;
  }

  /** Open and held ones; not their excerpts. */
  get documents(): Iterable<RulesDocument> {
    return new Map([...this.#held, ...this.#documents]).values();
  }

  /** The present version of an open or held document, or of an excerpt of one; null for one that is not open. */
  document(uri: string): RulesDocument | null {
    return this.#documents.get(uri) ?? this.#held.get(uri) ?? this.#excerpt(uri);
  }

  put(document: RulesDocument): void {
    this.#documents.set(document.uri, document);
  }

  close(uri: string): void {
    this.#documents.delete(uri);
    this.#prepared.delete(uri);
  }

  /** What answers may stand on that need not be of the latest version: the latest of a document that was worked out ahead; null where none was. */
  prepared(uri: string): Analysis | null {
    return this.#prepared.get(uri) ?? null;
  }

  /** All that the first answers need of it is worked out. */
  putPrepared({ document, analysis }: Subject): void {
    if (this.document(document.uri) === document) this.#prepared.set(document.uri, analysis);
  }

  /** Null where no file of that name is held. */
  held(uri: string): HeldDocument | null {
    return this.#held.get(uri) ?? null;
  }

  hold(document: HeldDocument): void {
    this.#held.set(document.uri, document);
  }

  release(uri: string): void {
    this.#held.delete(uri);
    this.#prepared.delete(uri);
  }

  /** The snapshot of a document, or of the file that it is an excerpt of; null where it is not open (any more). */
  async subject(uri: string): Promise<Subject | null> {
    const excerpt = readExcerptUri(uri);
    if (excerpt === null) return this.#subjectOf(uri);
    const whole = await this.#subjectOf(excerpt.file);
    const document = whole === null ? null : whole.document.kept.of(excerptsOf).at(excerpt.address);
    return whole === null || document === null ? null : { ...whole, document };
  }

  /** What the document would be with another text, in the same snapshot; null where it is not open. */
  async subjectWith(uri: string, text: string): Promise<Subject | null> {
    const subject = await this.subject(uri);
    if (subject === null) return null;
    const document = subject.document.withText(0, text);
    return this.#openSubject(document, subject.siblings, subject.facts);
  }

  #excerpt(uri: string): RulesDocument | null {
    const excerpt = readExcerptUri(uri);
    const whole =
      excerpt === null || readExcerptUri(excerpt.file) !== null ? null : this.document(excerpt.file);
    return excerpt === null || whole === null ? null : whole.kept.of(excerptsOf).at(excerpt.address);
  }

  async #subjectOf(uri: string): Promise<Subject | null> {
    const [siblings, facts] = await Promise.all([this.#siblings.of(uri), this.#facts.of(uri)]);
    const document = this.document(uri);
    if (document === null) return null;
    const known = this.#subjects.get(document);
    const subject =
      known !== undefined && this.#isCurrent(known, siblings, facts)
        ? this.#withLatestObjects(known)
        : this.#openSubject(document, siblings, facts);
    this.#subjects.set(document, subject);
    return subject;
  }

  /** Where a place of a source is shown; null where the source has no document. */
  locate(subject: Subject, { source, span }: SourceSpan): TextLocation | null {
    const document = subject.documentOf(source);
    if (document === null) return locationBeside(subject, { source, span });
    return textLocation(document.locationOf(span));
  }

  /** An open sibling may have been edited since. */
  #isCurrent(subject: Subject, siblings: Siblings, facts: DocumentFacts): boolean {
    if (subject.siblings !== siblings || subject.facts !== facts) return false;
    return subject.documents.every((each) => (this.#documents.get(each.uri) ?? each) === each);
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

  #openSubject(document: RulesDocument, siblings: Siblings, facts: DocumentFacts): Subject {
    // A text of another language has no rules of iptables; those beside it are the node's.
    const nft = document instanceof NftDocument ? document : null;
    const isOther = document instanceof OtherDocument;
    const opened = isOther ? null : new DocumentText(rulesFileNamed(fileNameOf(document.uri)), document);
    const texts = [...(opened === null ? [] : [opened]), ...this.#textsBeside(document, siblings)];
    const documents = texts.map((text) => text.document);
    const sources = new Sources(texts, opened, nft?.nftText);
    const own =
      document instanceof IpvsDocument
        ? factsInIpvs(document.text, document.uri)
        : factsInRules(document.ruleset, document.text, document.uri);
    // What the user named counts, then what stands in the rules' own text; what was found by its content stands in where nothing has the snapshot's own name.
    const files = new Map(
      [...facts.beside.files, ...siblings, ...own.files, ...facts.given.files].map(
        ([name, { text }]) => [name, text] as const,
      ),
    );
    if (document instanceof IpvsDocument) {
      files.set(IPVS_FILE, document.text);
      keepIpvsText(files, document.ipvsText);
    }
    const live = this.#liveObjectsOf(document);
    const nodeName = liveAddressOf(document.uri)?.node ?? null;
    return {
      document,
      siblings,
      facts,
      own,
      documents: opened === null ? [document, ...documents] : documents,
      documentOf: (id) => (isOther && id === document.source ? document : documentOf(sources.get(id), texts)),
      live,
      analysis: openAnalysis({ sources, files, objects: live, nodeName }),
    };
  }

  #textsBeside(document: RulesDocument, siblings: Siblings): readonly DocumentText[] {
    return rulesFileNames.flatMap((name) => {
      const beside = this.#documentBeside(document, siblings, name);
      return beside === null || beside.uri === document.uri ? [] : [new DocumentText(name, beside)];
    });
  }

  /** The client leaves out what is held. */
  #documentBeside({ uri }: RulesDocument, siblings: Siblings, name: RulesFileName): RulesDocument | null {
    const file = siblings.get(name);
    return file === undefined ? this.held(folderOf(uri) + name) : this.#documentOfFile(file);
  }

  /** The open document of a file, else what the client read. */
  #documentOfFile(file: SiblingFile): RulesDocument {
    const open = this.#documents.get(file.uri);
    if (open !== undefined) return open;
    const known = this.#unopened.get(file);
    if (known !== undefined) return known;
    const read = new RulesDocument({ uri: file.uri, version: 0, text: file.text });
    this.#unopened.set(file, read);
    return read;
  }
}

/** Of native tables and virtual servers, which no document of iptables holds: in the file beside it. */
function locationBeside(subject: Subject, { source, span }: SourceSpan): TextLocation | null {
  const uri = uriBeside(subject, source);
  const lines = linesOfSource(subject.analysis, source);
  if (uri === null || lines === null) return null;
  return textLocation({
    uri,
    range: { start: lines.positionAt(span.start), end: lines.positionAt(span.end) },
  });
}

function uriBeside({ analysis, siblings, facts, own }: Subject, source: SourceId): string | null {
  const { nft } = analysis.sources;
  if (source === CONNECTIONS) {
    // What was made of other texts has no lines of their own.
    const isCovered = [facts.given, own].some(({ files }) => files.has('conntrack.txt'));
    return isCovered ? null : (siblings.get('conntrack.txt')?.uri ?? null);
  }
  const file = source === IPVS ? IPVS_FILE : nft?.id === source ? nft.text.file : null;
  return file === null ? null : (siblings.get(file)?.uri ?? null);
}

/** On the line on which it begins. */
export function textLocation({ uri, range: { start, end } }: Location): TextLocation {
  const endCharacter = end.line === start.line ? end.character : start.character;
  return { uri, line: start.line, startCharacter: start.character, endCharacter };
}

/** Whether there is something to answer from: in the document, of another language than iptables also beside it. */
export function hasRules({ document, analysis }: Subject): boolean {
  if (!(document instanceof OtherDocument)) return document.ruleset.tables.length > 0;
  const { families, nft } = analysis.sources;
  return families.length > 0 || nft !== null || ipvsTextOf(analysis.files) !== null;
}

/** The documents of what the engine follows. */
export function urisOf(subject: Subject): SourceUris {
  const ids = [...followedSources(subject.analysis.sources).map(({ id }) => id), NFT, IPVS, CONNECTIONS];
  const uris = ids.map((id) => [id, subject.documentOf(id)?.uri ?? uriBeside(subject, id)] as const);
  return Object.fromEntries(uris.flatMap(([id, uri]) => (uri === null ? [] : [[id, uri]])));
}

function documentOf(source: Source | null, texts: readonly DocumentText[]): RulesDocument | null {
  return texts.find((text) => text === source?.text)?.document ?? null;
}
