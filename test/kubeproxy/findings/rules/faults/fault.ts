import { analysisOfFiles } from '../../../../../src/kubeproxy/analysis.ts';
import type { Finding } from '../../../../../src/kubeproxy/findings/finding.ts';
import { allFindings } from '../../../../../src/kubeproxy/findings/all.ts';
import { findingsOfNode } from '../../../../../src/kubeproxy/findings/ofNode.ts';
import type { PacketCode, RulesCode } from '../../../../../src/kubeproxy/findings/table.ts';
import { finish } from '../../../../../src/values/steps.ts';
import type { Dump } from './dump.ts';

/** A kind of fault, which is made in every dump that has what it needs. */
export interface Fault {
  readonly name: string;
  /** What names it; for a Service port with its name: `jump-missing shop/web:http`. */
  readonly codes: (dump: Dump) => readonly `${RulesCode | PacketCode}${'' | ` ${string}`}`[];
  /** Null where the dump has nothing to make it of. */
  readonly make: (dump: Dump) => Dump | null;
}

/** Something unusual that is no fault. */
export interface Innocent {
  readonly name: string;
  readonly make: (dump: Dump) => Dump | null;
}

/** From the rules and Services; `traced`: with what packets show, which costs more. */
export function findingsIn(dump: Dump, traced: 'traced' | 'not traced' = 'not traced'): readonly Finding[] {
  const analysis = analysisOfFiles(dump.files);
  return finish(traced === 'traced' ? allFindings(analysis) : findingsOfNode(analysis));
}

/** What is found of one that is not found of the other, and is more than worth knowing. */
export function newOf(
  found: readonly Finding[],
  before: readonly Finding[],
  least: 'all' | 'warnings' = 'all',
): readonly string[] {
  const known = before.map(keyOf);
  const added: string[] = [];
  for (const finding of found) {
    if (least === 'warnings' && finding.severity === 'information') continue;
    const index = known.indexOf(keyOf(finding));
    if (index === -1) added.push(wordsOf(finding));
    else known.splice(index, 1);
  }
  return added.sort();
}

function keyOf({ code, severity, service }: Finding): string {
  return `${code} ${severity} ${service ?? ''}`;
}

function wordsOf({ code, service }: Finding): string {
  return service === null ? code : `${code} ${service}`;
}
