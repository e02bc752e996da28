/** Facts of a node in texts of any name: what the client gives the server, and what the view shows of them. Plain JSON. */
import type { RequestName } from './requests.ts';

/** A text that may hold facts of a node, and what it is called. */
export interface FactText {
  readonly uri: string;
  readonly name: string;
  readonly text: string;
}

/** One that was named, and cannot be read: why, in a sentence. */
export interface UnreadFact {
  readonly uri: string;
  readonly name: string;
  readonly reason: string;
}

/** All texts that may tell of the node whose rules are in a document. */
export interface FactTexts {
  /** Named by the user, in the order in which they were. */
  readonly given: readonly FactText[];
  readonly unread: readonly UnreadFact[];
  /** Found in the folder of a snapshot, under other names than the snapshot's own. */
  readonly beside: readonly FactText[];
}

/** Whose node, and the names under which a snapshot's files count by their names. */
export interface FactTextsParams {
  readonly uri: string;
  readonly names: readonly string[];
}

/** Server to client: the texts of a document's node; the client watches them from then on. */
export const factTextsRequest: RequestName<FactTextsParams, FactTexts> = {
  method: 'kubeProxy/factTexts',
};

/** Client to server: facts of a document's node were given, taken away, or changed. */
export const factsChanged = 'kubeProxy/factsChanged';

/** One text and what it is to the node. Every text in it may hold anything. */
export interface NodeFact {
  readonly uri: string;
  readonly name: string;
  /** `given` by the user; `own`: in the text of the rules; found `beside` them by its content; `named` as the snapshot names it. */
  readonly how: 'given' | 'own' | 'beside' | 'named';
  /** What of it is used: `addresses and routes`; empty where nothing is. */
  readonly taken: string;
  /** Another text holds the same and counts in its place: `problem` says so. */
  readonly covered: boolean;
  /** Why it is not used, or not all of it: what follows its name in a sentence; null where all is. */
  readonly problem: string | null;
}

/** What is known of a document's node beside its rules; none for a document that is not open. */
export const nodeFactsRequest: RequestName<{ readonly uri: string }, readonly NodeFact[]> = {
  method: 'kubeProxy/nodeFacts',
};

/** What a text is good for. */
export type TextUse = 'rules' | 'facts' | 'kernel-trace' | 'packets' | 'nothing';

/** Of a text that no document holds: what it is good for, told by its content. */
export const textUseRequest: RequestName<{ readonly text: string }, TextUse> = {
  method: 'kubeProxy/textUse',
};
