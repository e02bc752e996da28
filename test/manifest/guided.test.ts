/** What lessons and questions have the user trace shows what they say that it shows. */
import { describe, expect, it } from 'vitest';
import { lessons, type LessonId } from '../../src/extension/lessons/lessons.ts';
import { stories, type Step } from '../../src/extension/lessons/stories.ts';
import { ran } from '../support/inProcess.ts';

/** What the words of each step stand on. */
const shown: Readonly<Record<LessonId, readonly RegExp[]>> = {
  probabilities: [/(?:33\.3 %[^%]+){3}/u, /(?:20\.0 %[^%]+){5}/u],
  ping: [
    /has 80\/TCP there and answers no pings/u,
    /one of 3 endpoints of shop\/three:http/u,
    /Rejected by rule 1 of cluster-ips-check.* at once/u,
    /Rejected by rule 6 of KUBE-IPVS-FILTER.* at once/u,
  ],
  'node-port': [
    /an address of this node \(masqueraded\), not the client's/u,
    /leaves this node with the client's own address, 10\.244\.1\.7.*To: ClusterIP/u,
    /In 33\.3 % of cases the source becomes 10\.244\.1\.1.*To: ClusterIP/u,
  ],
  'local-policy': [
    /the only endpoint of edge\/np-local:http on this node\. The pod sees the client's own address/u,
    /one of 3 endpoints of edge\/np-local:http/u,
    /no endpoint on this node, and its traffic policy is Local; the client hangs/u,
  ],
  'drop-that-never-matches': [
    /PREROUTING nat.*--dport 30080.* → 10\.244\.1\.45:8080.*FORWARD filter/u,
    /Dropped by rule 1 of PREROUTING.*PREROUTING mangle 1 -p tcp --dport 30080 DROP/u,
  ],
  'before-and-after': [
    /Delivered to this node itself, at 192\.168\.0\.2:30500.*do not tell/u,
    /one of 2 endpoints of shop\/two:http/u,
  ],
  'other-modes': [
    /KUBE-SVC-.*33\.3 %/u,
    /vmap @service-nodeports.*33\.3 %/u,
    /MARK.*33\.3 %.*INPUT ipvs +TCP \S+ → 10\.244/u,
  ],
  localhost: [
    /at 127\.0\.0\.1:8080, translated by rule 1 of OUTPUT/u,
    /rule 1 of PREROUTING had sent it to 127\.0\.0\.1:8080.*route_localnet is off for eth0/u,
  ],
  'source-ranges': [
    /one of 2 endpoints of edge\/lb-ranges:http.*198\.51\.100/u,
    /192\.0\.2\.77 is not in the load-balancer source ranges.*KUBE-PROXY-FIREWALL/u,
    /one of 2 endpoints of edge\/lb-ranges:http/u,
  ],
  affinity: [
    /stays with its endpoint for 3 h.*(?:33\.3 %[^%]+){3}.*Assumed: Nobody is taken to have served/u,
  ],
  'not-reachable': [
    /has no endpoints; the client sees "connection refused" at once/u,
    /traffic policy is Local; the client hangs/u,
    /one of 5 endpoints of shop\/five:http/u,
  ],
};

/** What the command line tells of a step, on one line. */
async function told({ folder, from, to, protocol }: Step): Promise<string> {
  const question = ['--from', from, '--to', to, ...(protocol === undefined ? [] : ['--protocol', protocol])];
  const { out, err } = await ran('trace', `media/samples/${folder}`, ...question, '--one-node');
  expect(err).toBe('');
  return out.replaceAll(/\s+/gu, ' ');
}

const signs: Readonly<Record<Step['verdict'], RegExp>> = {
  forward: /^✓ (?:Forwarded|Sent) to /u,
  local: /^✓ Delivered to this node itself/u,
  drop: /^✗ Dropped/u,
  reject: /^✗ Rejected/u,
  unanswered: /^± Nobody answers there/u,
};

describe.each(lessons)('lesson $id', ({ id, steps }) => {
  it.each(steps.map((step, at) => ({ ...step, at })))(
    'step $at: $from to $to in $folder',
    async ({ at, ...step }) => {
      const words = await told(step);
      expect(words).toMatch(signs[step.verdict]);
      expect(words).toMatch(shown[id][at] ?? /^$/u);
    },
  );
});

it.each(stories.flatMap(({ id, tryNext }) => (tryNext === undefined ? [] : [{ id, tryNext }])))(
  'question $id: what is tried then ends as it says',
  async ({ tryNext }) => {
    expect(await told(tryNext)).toMatch(signs[tryNext.verdict]);
  },
);
