/** The packet of a line as the trace form has it, so that the panel shows it. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import { parseRecord } from '../../text/json.ts';
import type { FlowForm } from '../form/flowForm.ts';
import { formOfWords, isInWords } from './flowLine.ts';

export type LineForm =
  | { readonly kind: 'form'; readonly form: FlowForm }
  /** In a sentence. */
  | { readonly kind: 'none'; readonly why: string };

/** `flow`: what the line was read as. */
export function formOfLine(line: string, flow: Flow): LineForm {
  const record = parseRecord(line);
  if (record !== null && isInWords(record)) {
    const form = formOfWords(record);
    return 'message' in form ? { kind: 'none', why: form.message } : { kind: 'form', form };
  }
  const beyond = fieldsBeyond(flow);
  return beyond.length === 0
    ? { kind: 'form', form: formOf(flow) }
    : { kind: 'none', why: `The trace form has no field for ${beyond.join(', ')}, which this line says.` };
}

/** What a form cannot say. */
function fieldsBeyond({ from, to, packet = {}, ...flow }: Flow): readonly string[] {
  const own = (['sourceMac', 'listeners', 'queues', 'clock', 'after', 'then'] as const).filter(
    (name) => flow[name] !== undefined,
  );
  const inside = (['tos', 'length', 'l2', 'quote', 'icmpId'] as const)
    .filter((name) => packet[name] !== undefined)
    .map((name) => `packet.${name}`);
  return [
    ...own,
    ...inside,
    ...(to.kind === undefined ? [] : ['to.kind']),
    ...(from.kind !== 'node' && from.interface === null ? ['from.interface'] : []),
    ...(from.kind === 'node' && typeof from.interface === 'string' ? ['from.interface'] : []),
  ];
}

function formOf({ from, to, protocol, packet = {}, state, mark }: Flow): FlowForm {
  const { ttl, tcpFlags, icmpType, icmpCode } = packet;
  return {
    from:
      from.address === null
        ? from.kind
        : `${from.kind}:${formatEndpoint({ address: from.address, port: from.port })}`,
    to: formatEndpoint(to),
    protocol,
    state: state ?? '',
    mark: mark === undefined || mark === 0 ? '' : `0x${mark.toString(16)}`,
    interface: from.interface ?? '',
    ttl: ttl === undefined ? '' : String(ttl),
    tcpFlags: tcpFlags === undefined ? '' : tcpFlags.join(',') || 'none',
    icmpType: icmpType === undefined ? '' : [icmpType, icmpCode ?? []].flat().join('/'),
    uid: from.uid === undefined ? '' : String(from.uid),
    gid: from.gid === undefined ? '' : String(from.gid),
  };
}
