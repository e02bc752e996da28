/** The packet of a chain's lens passes that chain, of every Service port of real kube-proxies. */
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { readFamilyChain } from '../../../src/kubeproxy/modes/iptables/roles.ts';
import { packetThrough } from '../../../src/kubeproxy/explain/packetThrough.ts';
import { families, tableNamed } from '../../../src/kubeproxy/rulesets.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { snapshot } from '../narrative/support.ts';

interface Lens {
  readonly chain: string;
  readonly kind: string;
  readonly packet: string;
  readonly passes: boolean;
}

function lensesOf(analysis: Analysis): readonly Lens[] {
  return families.flatMap((family) => {
    const chains = tableNamed(analysis.rulesets[family], 'nat')?.chains.keys() ?? [];
    return [...chains].flatMap((chain): readonly Lens[] => {
      const kind = readFamilyChain(chain)?.kind;
      const owner = analysis.iptables.ofChain(chain, family);
      if (kind === undefined || kind === 'sep' || owner === null) return [];
      const packet = packetThrough(owner.port, kind, family);
      const isRejected = owner.port.frontends.every(({ fate }) => fate === 'rejected');
      if (packet === null) return [{ chain, kind, packet: 'none', passes: isRejected }];
      const reading = readForm({ ...emptyForm, from: 'pod', ...packet }, analysis);
      if (reading.kind === 'errors')
        return [{ chain, kind, packet: JSON.stringify(reading.errors), passes: false }];
      const steps = answerOf(analysis, reading.flow)?.outcomes.flatMap((outcome) => outcome.steps) ?? [];
      const passes = steps.some(
        (step) =>
          step.kind === 'rule' &&
          (step.at.chain === chain || ('chain' in step.effect && step.effect.chain === chain)),
      );
      return [{ chain, kind, packet: `${packet.from ?? 'pod'} ${packet.to}`, passes }];
    });
  });
}

describe.each(['media/samples/kube-proxy-1.36', 'test/dumps/1.36.3', 'test/dumps/1.23.4'])(
  'in %s',
  (path) => {
    const lenses = lensesOf(snapshot(path));

    it('the packet of each chain passes it', () => {
      expect(lenses.filter(({ passes }) => !passes)).toEqual([]);
    });

    it('there are chains of every kind', () => {
      const kinds = new Set(lenses.map(({ kind }) => kind));
      expect(kinds).toEqual(
        new Set(path.includes('1.23') ? ['svc', 'fw', 'xlb'] : ['svc', 'svl', 'ext', 'fw']),
      );
    });
  },
);
