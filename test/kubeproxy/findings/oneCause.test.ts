/** A Service without endpoints and its reason are told as one, whatever ports and families it has. */
import { expect, it } from 'vitest';
import type { Finding } from '../../../src/kubeproxy/findings/finding.ts';
import { causesOf, withReasons } from '../../../src/kubeproxy/findings/oneCause.ts';

function finding(code: Finding['code'], service: string, message: string): Finding {
  return {
    code,
    service,
    message,
    severity: 'warning',
    assumes: null,
    at: null,
    about: null,
    related: [],
    fixes: [],
    because: [],
  };
}

const parts = { says: 'It is refused', notice: '', unless: '', why: 'Look why.', except: 'Not so pods.' };
const LOOK = 'It is refused. Look why. Not so pods.';
const empty = (service: string): Finding & { readonly parts: typeof parts } => ({
  ...finding('no-endpoints', service, LOOK),
  parts,
});
const reason = (service: string): Finding & { readonly why: string } => ({
  ...finding('pods-not-ready', service, 'It has none: 1 of 1 Pod is not ready.'),
  why: '1 of 1 Pod is not ready.',
});

it('says the reason in place of where to look, for its own Service alone', () => {
  const told = withReasons([empty('shop/web:http'), empty('shop/other:http')], [reason('shop/web')]);

  expect(told.map(({ message }) => message)).toEqual([
    'It is refused. 1 of 1 Pod is not ready. Not so pods.',
    LOOK,
  ]);
});

it('is one cause for all ports and families of a Service', () => {
  const found = ['shop/web:http', 'shop/web:http', 'shop/web:admin', 'shop/other:http'].map(empty);
  const causes = [...causesOf([...found, reason('shop/web')]).values()];

  expect(causes.map(({ codes }) => codes)).toEqual([['no-endpoints'], ['pods-not-ready', 'no-endpoints']]);
  expect(causes[1]?.finding.message).toBe(`${LOOK} So it is with shop/web:admin.`);
});

it('leaves a reason alone where the rules do not refuse', () => {
  const only = reason('shop/web');
  expect([...causesOf([only]).entries()]).toEqual([[only, { finding: only, codes: ['pods-not-ready'] }]]);
});

it('tells NetworkPolicies that forbid many Services once', () => {
  const about = { resource: 'networkpolicies', namespace: 'shop', name: 'deny' } as const;
  const forbids = ['shop/a:http', 'shop/b:http'].map((service) => ({
    ...finding('policy-forbids', service, 'Nobody is let in.'),
    because: [{ about, says: 'selects its Pods' }],
  }));
  const causes = [...causesOf(forbids).values()];

  expect(causes.map((each) => each.finding.message)).toEqual([
    'Nobody is let in. So it is with shop/b:http.',
  ]);
});
