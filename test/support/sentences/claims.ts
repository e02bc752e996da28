/** What told text claims of a packet, as data. Read from the words alone (`grammar.ts`), by nothing of the program's own. */

/** `rule 3 of FORWARD`, counted from 1 as people do. */
export interface ToldRule {
  readonly kind: 'rule';
  readonly number: number;
  readonly chain: string;
  /** What is quoted behind it; null for nothing. */
  readonly comment: string | null;
}

/** What stopped a packet, as it is told. */
export type ToldCause =
  | ToldRule
  | { readonly kind: 'policy'; readonly chain: string; readonly table: string }
  /** `behind`: the rule that had sent it to the address that the kernel does not take. */
  | { readonly kind: 'kernel'; readonly reason: string; readonly behind: ToldRule | null }
  | { readonly kind: 'no endpoints' | 'no local endpoint'; readonly service: string }
  | { readonly kind: 'source ranges'; readonly service: string; readonly source: string }
  /** It carried a mark, and this rule had given it that. */
  | { readonly kind: 'marked'; readonly rule: ToldRule }
  | { readonly kind: 'comment'; readonly text: string };

/** A packet that went on. */
export interface ToldPassage {
  readonly kind: 'passes';
  /** `sent`: left by a process of the node, or some left and some were delivered. */
  readonly verb: 'forward' | 'local' | 'sent';
  /** `10.244.1.5:8080`; null where only a number of endpoints is told. */
  readonly to: string | null;
  /** What stands in brackets behind the address. */
  readonly named: string | null;
  readonly endpoints: number | null;
  /** Whose endpoint it is. */
  readonly service: string | null;
  readonly onThisNode: boolean;
  readonly interface: string | null;
  readonly unchanged: 'all' | 'destination' | null;
  /** The address that its source became; null where that is not said. */
  readonly source: string | null;
  readonly translatedBy: ToldRule | null;
  /** A Service that was meant and whose endpoints do not get it. */
  readonly missed: string | null;
  /** Whether it is said that nobody answers there. */
  readonly unanswered: boolean;
}

export interface ToldStop {
  readonly kind: 'stops';
  readonly verdict: 'drop' | 'reject';
  readonly cause: ToldCause;
}

export type ToldEnd = ToldPassage | ToldStop | { readonly kind: 'unknown' };

/** One way in which the packet is said to end. */
export interface Fate {
  /** From 0 to 1; null where it depends on what is not known. */
  readonly share: number | null;
  readonly end: ToldEnd;
  /** The node behind this one where it is said to end; null for this one. */
  readonly onNode: string | null;
}

/** What the sender is said to notice. */
export type ToldNotice =
  | { readonly kind: 'error'; readonly error: string; readonly atOnce: boolean }
  | { readonly kind: 'hangs' | 'no answer' | 'unanswered reject' | 'lost refusal' };

/** A part of the answers that is said not to come back, or not surely. */
export interface ToldLoss {
  readonly kind: 'itself' | 'unheard' | 'bypass' | 'stranger' | 'astray' | 'stopped' | 'open' | 'listener';
  /** Null for all. */
  readonly share: number | null;
}

export interface ToldHeadline {
  readonly losses: readonly ToldLoss[];
  readonly fates: readonly Fate[];
  readonly notice: ToldNotice | null;
  /** Whether more ends are possible than are told. */
  readonly open: boolean;
}

/** A sentence below the headline. */
export type Detail =
  | {
      readonly kind: 'source';
      readonly receiver: 'pod' | 'endpoint' | 'receiver' | 'next node';
      readonly whose: 'client' | 'node' | 'strange' | 'masqueraded' | 'rewritten' | 'partly';
      /** None where it is said that it is not known. */
      readonly seen: readonly string[];
      /** Whether what is seen is called an address of the node. */
      readonly ofNode: boolean;
      /** Whether it is said that a Pod's packets that come back to itself are those whose source is changed. */
      readonly toItself: boolean;
      /** Of the packets whose source is changed; null for all. */
      readonly share: number | null;
    }
  | {
      readonly kind: 'replies';
      readonly way: 'through' | 'here' | 'must come through' | 'either' | 'untranslated' | 'never';
      /** Whose address the client gets back as a source; null where that is not said. */
      readonly restored: string | null;
      /** To whom the node hands them; null where that is not said. */
      readonly handedTo: string | null;
      readonly share: number | null;
    }
  | { readonly kind: 'affinity'; readonly seconds: number }
  /** `range`: `10.0.0.1-10.0.0.9`, as the rule has it. */
  | { readonly kind: 'picked'; readonly address: string; readonly range: string }
  /** `silent`: a closed port is said not to be noticed. */
  | { readonly kind: 'listener unknown'; readonly silent: boolean }
  | { readonly kind: 'kernel answers' }
  | { readonly kind: 'next node' | 'remedy' | 'advice' };

/** A told answer, read. */
export interface Reading {
  readonly headline: ToldHeadline | null;
  readonly details: readonly Detail[];
  /** Sentences that the grammar does not know. */
  readonly unread: readonly string[];
}
