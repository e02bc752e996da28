/**
 * The rules of a node as a set of sources. A source is what one rule language has in one text, of one backend and address
 * family; a snapshot may hold any set of them. The engine follows at most one source of iptables for each family, and beside it the
 * native tables of nftables, which are one source for both.
 */
import type { Family } from '../kernel/flow.ts';
import type { RuleAt, SourceId } from '../kernel/ruleAt.ts';
import type { SnapshotFileName, SnapshotFiles } from '../kernel/snapshot.ts';
import type { Rule, Ruleset } from '../rules/iptables/nodes.ts';
import { parseRuleset } from '../rules/iptables/parser.ts';
import type { LineIndex } from '../text/lineIndex.ts';
import { linesOf } from '../rules/iptables/linesOf.ts';
import type { Span } from '../text/span.ts';
import { backendOfGenerator } from './backend.ts';
import { NFT, type NftSource, nftSource, type NftText, nftTextOf } from './nftSource.ts';
import { chainNamed, families, type Rulesets, splitRuleset } from './rulesets.ts';

/** A place in the text of a source: of a rule (`RuleAt` is one), a declaration, a word of them. */
export interface SourceSpan {
  readonly source: SourceId;
  readonly span: Span;
}

export interface Source {
  readonly id: SourceId;
  readonly language: 'iptables';
  /** Of rules that lie beside the main ones; null for the main ones. */
  readonly backend: Backend;
  /** Of which families its rules are. */
  readonly families: readonly Family[];
  /** The text that it is read from; a text of both families holds two sources. */
  readonly text: RulesText;
  /** The tables of this source alone; spans are offsets into the whole text. */
  readonly ruleset: Ruleset;
}

/** A text with rules: a file of the snapshot, or a document that is opened in place of one. What is made of it is made once, when it is first asked for. */
export interface RulesText {
  /** The file of the snapshot that it is, or stands for: tells backend and family where the text does not. */
  readonly file: RulesFileName;
  /** All of the text. */
  readonly ruleset: Ruleset;
  readonly lines: LineIndex;
}

type Backend = 'legacy' | 'nft' | null;

interface FileKind {
  readonly id: SourceId;
  readonly family: Family;
  /** Of a file that was made beside the main one; null for the main one. */
  readonly backend: Backend;
}

const kinds = {
  'iptables-save.txt': { id: 'iptables', family: 4, backend: null },
  'ip6tables-save.txt': { id: 'ip6tables', family: 6, backend: null },
  'iptables-legacy-save.txt': { id: 'iptables-legacy', family: 4, backend: 'legacy' },
  'ip6tables-legacy-save.txt': { id: 'ip6tables-legacy', family: 6, backend: 'legacy' },
  'iptables-nft-save.txt': { id: 'iptables-nft', family: 4, backend: 'nft' },
  'ip6tables-nft-save.txt': { id: 'ip6tables-nft', family: 6, backend: 'nft' },
} as const satisfies Partial<Record<SnapshotFileName, FileKind>>;

/** The snapshot's files that hold rules of iptables. */
export type RulesFileName = keyof typeof kinds;

export const rulesFileNames = [
  'iptables-save.txt',
  'ip6tables-save.txt',
  'iptables-legacy-save.txt',
  'ip6tables-legacy-save.txt',
  'iptables-nft-save.txt',
  'ip6tables-nft-save.txt',
] as const satisfies readonly RulesFileName[];

/** The file of the main backend that a family's rules have in a snapshot. */
export const mainFiles: Readonly<Record<Family, RulesFileName>> = {
  4: 'iptables-save.txt',
  6: 'ip6tables-save.txt',
};

/** The source that lies in the main file of a family. */
export const mainSources: Readonly<Record<Family, SourceId>> = { 4: 'iptables', 6: 'ip6tables' };

export function isRulesFile(name: string): name is RulesFileName {
  return Object.hasOwn(kinds, name);
}

/** Which file of a snapshot a file of any name stands for: `rules.v6` → `ip6tables-save.txt`. `name` is without folders. */
export function rulesFileNamed(name: string): RulesFileName {
  const family: Family = /ip6|ipv6|(?<![a-z])v6/i.test(name) ? 6 : 4;
  const backend = /tables-(legacy|nft)-save/.exec(name)?.[1] ?? null;
  return fileOf(backend === 'legacy' || backend === 'nft' ? backend : null, family);
}

function fileOf(backend: Backend, family: Family): RulesFileName {
  const isIt = (file: RulesFileName): boolean =>
    kinds[file].backend === backend && kinds[file].family === family;
  return rulesFileNames.find(isIt) ?? mainFiles[family];
}

/** What a text as a whole is called: of one that holds both families, the source of IPv4. */
export function sourceOfText(file: RulesFileName, ruleset: Ruleset): SourceId {
  const { family, backend } = kinds[file];
  return kinds[fileOf(backend, splitRuleset(ruleset, family)[4] === null ? 6 : 4)].id;
}

/** As `RulesText`, from its characters; `ascii`: the same as bytes, where somebody has them. */
export function rulesText(file: RulesFileName, text: string, ascii: Uint8Array | null = null): RulesText {
  let parsed: Ruleset | null = null;
  let index: LineIndex | null = null;
  return {
    file,
    get ruleset(): Ruleset {
      return (parsed ??= parseRuleset(text, ascii));
    },
    get lines(): LineIndex {
      return (index ??= linesOf(this.ruleset));
    },
  };
}

/** The rules of a snapshot's files. */
export function sourcesOfFiles(files: SnapshotFiles): Sources {
  const texts = rulesFileNames.flatMap((name) => {
    const text = files.get(name);
    return text === undefined ? [] : [rulesText(name, text)];
  });
  return new Sources(texts, null, nftTextOf(files));
}

/** All sources of a node, each parsed when it is first asked for. */
export class Sources {
  /** What the engine follows, by family. */
  readonly rulesets: Rulesets;
  readonly #texts: readonly RulesText[];
  readonly #opened: RulesText | null;
  readonly #nftText: NftText | null;
  #nft: NftSource | null | undefined;
  readonly #known = new Map<SourceId, Source | null>();
  readonly #split = new Map<RulesText, Rulesets>();

  /**
   * `opened` is the one of `texts` that was asked about: its rules are followed, whatever its backend, and another text of
   * its backend serves the family that it has not. Without it the main backend is followed, and where no text is of that,
   * the one that has a text. `nft`: the text of native tables, where one is known.
   */
  constructor(texts: readonly RulesText[], opened: RulesText | null = null, nft: NftText | null = null) {
    this.#texts = texts;
    this.#opened = opened;
    this.#nftText = nft;
    this.rulesets = followedRulesets(this);
  }

  /** These, with the native tables of the node's files where no text of them is here. */
  with(files: SnapshotFiles): Sources {
    const nft = this.#nftText === null ? nftTextOf(files) : null;
    return nft === null ? this : new Sources(this.#texts, this.#opened, nft);
  }

  /** The native tables; null where there are none but those that the rules of iptables here hold. */
  get nft(): NftSource | null {
    if (this.#nft === undefined)
      this.#nft = this.#nftText === null ? null : nftSource(this.#nftText, this.#tablesOfIptables());
    return this.#nft;
  }

  /** All of the text of nftables, tables of iptables-nft among them; null where there is none. */
  get nftText(): NftText | null {
    return this.#nftText;
  }

  /** Those whose packets meet rules here, IPv4 first. */
  get families(): readonly Family[] {
    return families.filter((family) => this.has(family));
  }

  /** Whether packets of a family meet rules here. */
  has(family: Family): boolean {
    return this.followed(family) !== null || this.nft?.families.includes(family) === true;
  }

  /** How a place of a source turns into lines; null where the source is not here. */
  linesOf(id: SourceId): LineIndex | null {
    return id === NFT ? (this.nft?.text.lines ?? null) : (this.get(id)?.text.lines ?? null);
  }

  /** What the places of a source are offsets into; empty where the source is not here. */
  textOf(id: SourceId): string {
    return (id === NFT ? this.nft?.text : this.get(id)?.text)?.ruleset.text ?? '';
  }

  /** Tables that iptables-nft made: `ip filter`. Of rules that are known to be of the legacy backend none. */
  #tablesOfIptables(): ReadonlySet<string> {
    const names = this.all().flatMap(({ backend, ruleset, families: of }) => {
      if (backend === 'legacy') return [];
      const own = ruleset.tables.filter(({ generator }) => backendOfGenerator(generator) !== 'legacy');
      return own.flatMap(({ name }) => of.map((family) => `${family === 4 ? 'ip' : 'ip6'} ${name}`));
    });
    return new Set(names);
  }

  /** Null where no text has rules of that source. */
  get(id: SourceId): Source | null {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const file = rulesFileNames.find((each) => kinds[each].id === id);
    const source = file === undefined ? null : this.#find(file);
    this.#known.set(id, source);
    return source;
  }

  /** The source that the engine follows for packets of a family; null where there are no rules of it. */
  followed(family: Family): Source | null {
    const backend = this.#followedBackend();
    return this.get(kinds[fileOf(backend, family)].id) ?? this.get(kinds[mainFiles[family]].id);
  }

  /** For packets of which family the engine follows a source; null where it does not. */
  familyOf(id: SourceId): Family | null {
    return families.find((family) => this.followed(family)?.id === id) ?? null;
  }

  /** Every source of the node, those of the main backend first. */
  all(): readonly Source[] {
    return rulesFileNames.flatMap((file) => this.get(kinds[file].id) ?? []);
  }

  /** The rule at a place; null where the source has no such chain or not as many rules in it. */
  ruleAt({ source, table, chain, index }: Pick<RuleAt, 'source' | 'table' | 'chain' | 'index'>): Rule | null {
    return chainNamed(this.get(source)?.ruleset ?? null, table, chain)?.rules[index] ?? null;
  }

  /** The sources of one text, IPv4 first. */
  of(text: RulesText): readonly Source[] {
    return families.flatMap((family) => this.#source(fileOf(kinds[text.file].backend, family), text) ?? []);
  }

  #followedBackend(): Backend {
    if (this.#opened !== null) return kinds[this.#opened.file].backend;
    const backends = this.#texts.map(({ file }) => kinds[file].backend);
    return backends.includes(null) ? null : (backends[0] ?? null);
  }

  #find(file: RulesFileName): Source | null {
    for (const text of this.#candidates(file)) {
      const found = this.#source(file, text);
      if (found !== null) return found;
    }
    return null;
  }

  #source(file: RulesFileName, text: RulesText): Source | null {
    const { id, family, backend } = kinds[file];
    const ruleset = this.#splitOf(text)[family];
    return ruleset === null ? null : { id, language: 'iptables', backend, families: [family], text, ruleset };
  }

  /** Where a source may be: in the opened text of its backend, else in the file that is named for it, else in that file's twin. */
  #candidates(file: RulesFileName): readonly RulesText[] {
    const { backend } = kinds[file];
    const opened = this.#opened;
    const named = this.#texts.filter((text) => text.file === file && text !== opened);
    if (opened !== null && kinds[opened.file].backend === backend) return [opened, ...named];
    const twins = this.#texts.filter((text) => text.file !== file && kinds[text.file].backend === backend);
    return [...named, ...twins];
  }

  #splitOf(text: RulesText): Rulesets {
    let split = this.#split.get(text);
    if (split === undefined) {
      split = splitRuleset(text.ruleset, kinds[text.file].family);
      this.#split.set(text, split);
    }
    return split;
  }
}

function followedRulesets(sources: Sources): Rulesets {
  return {
    get 4(): Ruleset | null {
      return sources.followed(4)?.ruleset ?? null;
    },
    get 6(): Ruleset | null {
      return sources.followed(6)?.ruleset ?? null;
    },
  };
}

/** What the engine follows, IPv4 first. */
export function followedSources(sources: Sources): readonly Source[] {
  return families.flatMap((family) => sources.followed(family) ?? []);
}
