/** Writes a tree as `ipvsadm -Sn` writes it: what the tree holds, not the text that it was read from. */
import { formatAddress } from '../../values/address.ts';
import { endText } from './names.ts';
import type { Forwarding, Persistence, RealServer, Virtual, VirtualServer } from './nodes.ts';

const options = { tcp: '-t', udp: '-u', sctp: '--sctp-service' } as const;
const methods: Readonly<Record<Forwarding, string>> = { masq: '-m', route: '-g', tunnel: '-i' };

/** `ipvsadm -R` takes it. What a listing does not say is left out, so that ipvsadm takes its default. */
export function printIpvs(services: readonly VirtualServer[]): string {
  return services
    .flatMap((service) => [
      `-A ${serviceWords(service).join(' ')}`,
      ...service.servers.map((server) => `-a ${serverWords(service.virtual, server).join(' ')}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function virtualWords(virtual: Virtual): readonly string[] {
  if (virtual.kind === 'mark') return ['-f', String(virtual.mark), ...(virtual.family === 6 ? ['-6'] : [])];
  return [options[virtual.protocol], endText(virtual)];
}

function serviceWords(service: VirtualServer): readonly string[] {
  const { virtual, scheduler, schedulerFlags, persistence, onePacket, engine } = service;
  return [
    ...virtualWords(virtual),
    ...(scheduler === null ? [] : ['-s', scheduler]),
    ...(persistence === null ? [] : persistenceWords(persistence, virtual)),
    ...(engine === null ? [] : ['--pe', engine]),
    ...(onePacket ? ['-o'] : []),
    ...(schedulerFlags.length === 0 ? [] : ['-b', schedulerFlags.join(',')]),
  ];
}

function persistenceWords({ seconds, mask }: Persistence, virtual: Virtual): readonly string[] {
  const family = virtual.kind === 'mark' ? virtual.family : virtual.address.family;
  const length = mask.toString(2).replaceAll('0', '').length;
  if (length === (family === 4 ? 32 : 128)) return ['-p', String(seconds)];
  return [
    '-p',
    String(seconds),
    '-M',
    family === 4 ? formatAddress({ family, value: mask }) : String(length),
  ];
}

function serverWords(virtual: Virtual, server: RealServer): readonly string[] {
  const { forwarding, weight, upper } = server;
  return [
    ...virtualWords(virtual),
    '-r',
    endText(server),
    ...(forwarding === null ? [] : [methods[forwarding]]),
    ...(weight === null ? [] : ['-w', String(weight)]),
    ...(upper === null || upper === 0 ? [] : ['-x', String(upper)]),
  ];
}
