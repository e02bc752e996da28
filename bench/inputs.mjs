// What the bench asks about: a dump of 10,000 Services, what is left of it with 100, and distinct flows to both.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name in a comment of kube-proxy: `tenant-39/app-08679`. */
const NAMED = /--comment "([\w-]+\/[\w-]+)[: ]/u;

/** The chains of one Service, and those that it jumps to. */
const OF_A_SERVICE = /^KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-/u;

/** The dump with `count` of its Services: rules of others, and the chains that nothing leads to then, are gone. */
export function withServices(text, count) {
  const lines = text.split('\n');
  const all = [
    ...new Set(
      lines.flatMap((line) => (line.startsWith('-A KUBE-SERVICES') ? (NAMED.exec(line)?.[1] ?? []) : [])),
    ),
  ];
  const step = all.length / count;
  const kept = new Set(Array.from({ length: count }, (_, index) => all[Math.floor(index * step)]));
  // What is of no Service of the many, such as the API server's, stays.
  const isKept = (name) => name === undefined || !name.includes('/app-') || kept.has(name);
  const jumps = new Map();
  const roots = [];
  for (const line of lines) {
    const [, chain, target] = /^-A (\S+) .*?-[jg] (\S+)/u.exec(line) ?? [];
    if (chain === undefined || !OF_A_SERVICE.test(target)) continue;
    if (OF_A_SERVICE.test(chain)) jumps.set(chain, [...(jumps.get(chain) ?? []), target]);
    else if (isKept(NAMED.exec(line)?.[1])) roots.push(target);
  }
  const reached = new Set();
  for (const chain of roots) {
    if (reached.has(chain)) continue;
    reached.add(chain);
    roots.push(...(jumps.get(chain) ?? []));
  }
  return lines
    .filter((line) => {
      const [, chain] = /^(?:-A |:)(\S+)/u.exec(line) ?? [];
      if (chain !== undefined && OF_A_SERVICE.test(chain)) return reached.has(chain);
      return isKept(line.startsWith('-A KUBE-') ? NAMED.exec(line)?.[1] : undefined);
    })
    .join('\n');
}

/** A chain of one Service or endpoint, by its kind and hash. */
const HASHED = /(KUBE-(?:SVC|SVL|EXT|FW|SEP)-)([A-Z2-7]{2})([A-Z2-7]{14})/gu;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The dump with each Service so many times: the copies have other names and hashes, and the same addresses. */
export function withCopies(text, copies) {
  const all = [];
  for (const group of text.match(/(?:^:.*\n)+|(?:^(?:-A|\[).*\n)+|(?:^(?![:[-]).*\n)+/gmu) ?? []) {
    const lines = group.split('\n').slice(0, -1);
    const own = /^[:[-]/u.test(group)
      ? lines.filter((line) => /KUBE-\w+-[A-Z2-7]{16}|\/app-/u.test(line))
      : [];
    all.push(lines.join('\n'));
    for (let copy = 1; copy < copies; copy++)
      if (own.length > 0) all.push(own.map((line) => copied(line, copy)).join('\n'));
  }
  return `${all.join('\n')}\n`;
}

function copied(line, copy) {
  return line
    .replace(HASHED, (_, kind, two, rest) => `${kind}${turned(two, copy)}${rest}`)
    .replaceAll('/app-', `/app-${copy}-`);
}

/** Two letters of a hash, others for each copy. */
function turned(letters, by) {
  const number = LETTERS.indexOf(letters[0]) * 32 + LETTERS.indexOf(letters[1]);
  const other = (number + by * 37) % 1024;
  return `${LETTERS[other >> 5]}${LETTERS[other & 31]}`;
}

const files = ['ip-addr.json', 'ip-rule.json', 'ip-route.json', 'bridge-link.txt', 'sysctl.txt'];

/** A node's own files, of the node whose pods are in 10.244.1.0/24. */
export function nodeFiles(root) {
  const folder = join(root, 'media/samples/kube-proxy-1.36');
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** As many flows from pods to cluster IPs, each another one: destination, source and port. */
export function distinctFlows(text, count) {
  const found = text.matchAll(/^-A KUBE-SERVICES -d ([\d.]+)\/32 .*cluster IP.*--dport (\d+)/gmu);
  const frontends = [...found].map(([, address, port]) => ({ address, port: Number(port) }));
  return Array.from({ length: count }, (_, index) => ({
    id: `f${index}`,
    family: 4,
    from: { kind: 'pod', address: `10.244.1.${2 + (index % 250)}`, port: 20_000 + index },
    to: frontends[(index * 7919) % frontends.length],
    protocol: 'tcp',
  }));
}
