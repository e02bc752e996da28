/** What the program tells of a connection, as somebody types it. */
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { followPacket } from '../../../src/kubeproxy/journey/followPacket.ts';
import type { Told } from '../../support/sentences/grammar.ts';

const nobody = () => Promise.resolve(null);

export interface ToldConnection extends Told {
  /** `ClusterIP of default/web:http`: how the destination is understood. */
  readonly toNote: string;
  /** Addresses that are said to be taken for another machine's. */
  readonly takenForOthers: ReadonlySet<string>;
}

/** Throws where the question is refused. */
export async function toldOf(
  analysis: Analysis,
  from: string,
  to: string,
  protocol: string,
): Promise<ToldConnection> {
  const form = { from, to, protocol, state: '', mark: '', interface: '', ttl: '', tcpFlags: '' };
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') throw new Error(reading.errors.map(({ message }) => message).join(' '));
  const { flow, toNote } = reading;
  const { leg } = await followPacket({ flow, analysis, decisions: [], otherNode: nobody, most: 0 });
  if (leg === null) throw new Error(`There are no rules for ${to}.`);
  const { headline, details, assumptions } = leg.narrative;
  const taken = assumptions.flatMap(
    ({ message }) => /^(\S+) is taken to be a pod or another machine/.exec(message)?.[1] ?? [],
  );
  return { headline, details, toNote, takenForOthers: new Set(taken) };
}
