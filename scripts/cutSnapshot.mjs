// A snapshot of a node with some of its Services and no others: whole lines of real files, less those that are about another
// Service. Nothing is written that was not there.

/** What of `objects` (the items of objects.json) stays, for `names` ("namespace/name"), and what goes. */
export function cutOf(objects, names) {
  // A list without it counts as a selection, of which nothing is concluded.
  const keep = new Set([...names, 'default/kubernetes']);
  const services = objects.filter(({ kind }) => kind === 'Service');
  const slices = objects.filter(({ kind }) => kind === 'EndpointSlice');
  const kept = (list, name) => list.filter((each) => keep.has(name(each)));
  const left = kept(services, nameOf);
  if (left.length !== keep.size) throw new Error(`not all of ${names.join(', ')} are Services`);
  const keptSlices = kept(slices, serviceOfSlice);
  const endpoints = new Set(keptSlices.flatMap(addressesOf));
  const staying = new Set(left.flatMap(frontends));
  return {
    items: objects.filter(
      (item) =>
        item.kind === 'Node' ||
        left.includes(item) ||
        keptSlices.includes(item) ||
        (item.kind === 'Pod' && (isOneOf(item, endpoints) || left.some((service) => selects(service, item)))),
    ),
    goneServices: new Set(services.map(nameOf).filter((name) => !keep.has(name))),
    goneFrontends: new Set(services.flatMap(frontends).filter((frontend) => !staying.has(frontend))),
    goneEndpoints: new Set(slices.flatMap(addressesOf).filter((address) => !endpoints.has(address))),
  };
}

const isOneOf = ({ status }, addresses) => (status.podIPs ?? []).some(({ ip }) => addresses.has(ip));

function selects({ metadata, spec }, pod) {
  const wanted = Object.entries(spec.selector ?? {});
  const { namespace, labels } = pod.metadata;
  return (
    wanted.length > 0 &&
    namespace === metadata.namespace &&
    wanted.every(([key, value]) => labels?.[key] === value)
  );
}

const nameOf = ({ metadata }) => `${metadata.namespace}/${metadata.name}`;
const serviceOfSlice = ({ metadata }) =>
  `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}`;
const addressesOf = ({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses);

/** Addresses, node ports (numbers as text), and addresses with port (an address may be the node's own) of a Service. */
function frontends({ spec, status }) {
  const addresses = [
    ...(spec.clusterIPs ?? []),
    ...(spec.externalIPs ?? []),
    ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip])),
  ];
  const ports = spec.ports ?? [];
  const ofNode = [spec.healthCheckNodePort, ...ports.map(({ nodePort }) => nodePort)];
  return [
    ...addresses.filter((address) => !address.startsWith('192.168.')),
    ...ofNode.flatMap((port) => (port ? [String(port)] : [])),
    ...addresses.flatMap((address) => ports.map(({ port }) => `${address}:${port}`)),
  ];
}

/** What `iptables-save` printed: rules name their Service in a comment; a chain goes with the rules in it. */
export function cutIptables(text, { goneServices }) {
  const lines = text.split('\n');
  const goes = (line) =>
    (/--comment "([^"]*)"/.exec(line)?.[1] ?? '').split(/[: ]/).some((word) => goneServices.has(word));
  const chains = new Set(
    lines.flatMap((line) => {
      const chain = /^-A (KUBE-(?:SVC|SVL|SEP|EXT|FW|XLB)-\S+)/.exec(line)?.[1];
      return chain !== undefined && goes(line) ? [chain] : [];
    }),
  );
  return lines
    .filter((line) => !goes(line) && !line.split(/[ :]/).some((word) => chains.has(word)))
    .join('\n');
}

/** What `nft list ruleset` printed: chains are named after their Service; elements lead to one, or are an address of one. */
export function cutNft(text, cut) {
  const named = (words) =>
    [...cut.goneServices].some((name) => words.includes(`-${name}/`) || words.includes(`"${name}:`));
  const lists = text.replaceAll(/\telements = \{([^}]*)\}/g, (_, list) => {
    const elements = list.split(/,\s*(?=\S)/).map((element) => element.trim());
    const left = elements.filter((element) => !named(element) && !isGone(element, cut));
    return left.length === 0 ? '' : `\telements = { ${left.join(',\n\t\t\t     ')} }`;
  });
  return lists
    .split(/(?<=^\t\}\n)\n?/m)
    .filter((block) => !named(block.split('\n').find((line) => /^\t(?:chain|set|map) /.test(line)) ?? ''))
    .join('\n');
}

function isGone(element, { goneFrontends, goneEndpoints }) {
  const [first = '', second] = element.split(' . ').map((part) => part.split(' ')[0]);
  return goneFrontends.has(first) || (second === first && goneEndpoints.has(first));
}

/** What `ipvsadm -Sn` printed: a virtual server with its real servers. */
export function cutIpvs(text, { goneFrontends }) {
  return text
    .split('\n')
    .filter((line) => {
      const [, address = '', port = ''] =
        /^-[Aa] (?:-[tu]|--sctp-service) \[?(.*?)\]?:(\d+) /.exec(line) ?? [];
      return ![address, port, `${address}:${port}`].some((word) => goneFrontends.has(word));
    })
    .join('\n');
}

/** What `ipset save` printed: members are an address with a port, or a node port. */
export function cutIpset(text, { goneFrontends, goneEndpoints }) {
  return text
    .split('\n')
    .filter((line) => {
      const [address = '', protocolPort = ''] = /^add \S+ (\S+)/.exec(line)?.[1].split(',') ?? [];
      const port = protocolPort.replace(/^\w+:/, '');
      const loop = line.startsWith('add KUBE-LOOP-BACK') || line.startsWith('add KUBE-6-LOOP-BACK');
      if (loop) return !goneEndpoints.has(address);
      return ![address, port, `${address}:${port}`].some((word) => goneFrontends.has(word));
    })
    .join('\n');
}

/** The addresses of frontends in what `ip -j addr` and `ip -j route` printed (kube-ipvs0 has them all). */
export function cutAddresses(text, { goneFrontends }) {
  const left = JSON.parse(text)
    .filter(({ dst }) => !goneFrontends.has(dst))
    .map((row) =>
      row.addr_info === undefined
        ? row
        : { ...row, addr_info: row.addr_info.filter(({ local }) => !goneFrontends.has(local)) },
    );
  return `[${left.map((row) => JSON.stringify(row)).join(',\n')}]\n`;
}
