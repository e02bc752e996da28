/**
 * A packet as a person describes it, in text fields that may be wrong, made a `Flow`. The command line and the trace
 * panel ask this same function, so that both understand the same words.
 */
import type { Flow, FlowSource, PacketDetails } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { type DestinationText, flowEnd } from './destination.ts';
import { destinationNote, frontendsOf } from './destinationNote.ts';
import { readDestination } from './destinationText.ts';
import { type EndWords, readEndWords } from './endWords.ts';
import {
  hasPorts,
  listed,
  readIcmpType,
  readMark,
  readNumber,
  readProtocol,
  readState,
  readTcpFlags,
  type Field,
} from './packetText.ts';
import { isBridged } from './bridged.ts';
import { isOutside, namespaceOf, readSource, type SourceText } from './sourceText.ts';
import { portMissing, withOnlyPort } from './onlyPort.ts';
import { sourceNote } from './sourceNote.ts';

/** A flow as a form holds it: every field is text that may be wrong, empty where nothing was said. */
export interface FlowForm {
  /** As `readSource` takes it: `pod:10.244.1.7`, `default/client`, `external:203.0.113.9`, `external`, `node`, an address, with an optional `:port`. */
  readonly from: string;
  /** As `readDestination` takes it: `10.96.12.3:80`, `[fd00::1]:80`, an address alone for ICMP, `default/web:http`, `web.default`, `:30080`. */
  readonly to: string;
  readonly protocol: string;
  readonly state: string;
  readonly mark: string;
  readonly interface: string;
  readonly ttl: string;
  readonly tcpFlags: string;
  readonly icmpType?: string;
  readonly uid?: string;
  readonly gid?: string;
}

export type FlowField = keyof FlowForm;

/** What is wrong with one field of a form. */
export interface FieldError {
  readonly field: FlowField;
  readonly message: string;
}

export type FlowReading =
  | {
      readonly kind: 'flow';
      readonly flow: Flow;
      /** How the fields were understood: `pod default/client, enters by cni0`; `ClusterIP of default/web:http`. */
      readonly fromNote: string;
      readonly toNote: string;
    }
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] };

/** A form of what somebody says of each field; an empty text says nothing. */
export function formFrom(text: (field: FlowField) => string): FlowForm {
  return {
    from: text('from'),
    to: text('to'),
    protocol: text('protocol'),
    state: text('state'),
    mark: text('mark'),
    interface: text('interface'),
    ttl: text('ttl'),
    tcpFlags: text('tcpFlags'),
    icmpType: text('icmpType'),
    uid: text('uid'),
    gid: text('gid'),
  };
}

/** Reads the fields; a wrong one is named with what is wrong and what would be right. Blanks around a text do not count. */
export function readForm(form: FlowForm, analysis: Analysis): FlowReading {
  return new FormReader(form, analysis).read();
}

const WHERE_TO =
  'Say where the packet goes: an address with a port, or a Service port such as default/web:http.';

class FormReader {
  readonly #form: FlowForm;
  readonly #analysis: Analysis;
  readonly #errors: FieldError[] = [];

  constructor(form: FlowForm, analysis: Analysis) {
    this.#form = form;
    this.#analysis = analysis;
  }

  read(): FlowReading {
    const to = readEndWords(this.#text('to'));
    const source = this.#source(to);
    const named = this.#destination(to, source);
    const destination = named && this.#withPort(named);
    const protocol = this.#protocol(destination);
    const details = this.#packet(protocol, destination);
    const state = this.#take('state', readState(this.#text('state')));
    const mark = this.#take('mark', readMark(this.#text('mark')));
    const from = source && this.#from(source, protocol);
    if (this.#errors.length > 0 || !from || !destination || protocol === null) {
      return { kind: 'errors', errors: this.#errors };
    }
    const { family, inPlaceOf, isOnlyPort } = destination;
    const analysis = this.#analysis;
    const packet = isBridged(from, destination.address, analysis.node)
      ? { ...details, l2: 'bridged' as const }
      : details;
    const flow: Flow = {
      family,
      from,
      to: flowEnd(destination),
      protocol,
      ...(packet ? { packet } : {}),
      ...(state === null ? {} : { state }),
      ...(mark === null ? {} : { mark }),
    };
    return {
      kind: 'flow',
      flow,
      // To say whose an address is, all endpoints are indexed: most who ask want the flow alone.
      get fromNote() {
        return sourceNote(flow, source.standsFor, analysis);
      },
      get toNote() {
        const outside = isOutside(source, analysis);
        return destinationNote(flow, { inPlaceOf, outside, isOnlyPort }, analysis);
      },
    };
  }

  #text(field: FlowField): string {
    return (this.#form[field] ?? '').trim();
  }

  #wrong(field: FlowField, message: string): null {
    this.#errors.push({ field, message });
    return null;
  }

  #take<Value>(field: FlowField, read: Field<Value>): Value | null {
    return read.kind === 'value' ? read.value : this.#wrong(field, read.message);
  }

  #source(to: EndWords): SourceText | null {
    const reading = readSource(this.#text('from'), to, this.#analysis, this.#text('interface') !== '');
    return reading.kind === 'source' ? reading.source : this.#wrong('from', reading.message);
  }

  #destination(to: EndWords, source: SourceText | null): DestinationText | null {
    if (this.#text('to') === '') return this.#wrong('to', WHERE_TO);
    const family = source?.family ?? null;
    const asking = {
      family,
      outside: source !== null && isOutside(source, this.#analysis),
      namespace: source === null ? null : namespaceOf(source, this.#analysis),
      protocol: this.#text('protocol').toLowerCase(),
    };
    const reading = readDestination(to, asking, this.#analysis);
    if (reading.kind === 'wrong') return this.#wrong('to', reading.message);
    const { destination } = reading;
    if (family === null || family === destination.family) return destination;
    return this.#wrong(
      'to',
      `The source is IPv${family} and the destination IPv${destination.family}: both ends of a packet are of one family.`,
    );
  }

  /** Not where what is asked for has no ports, or its protocol is wrong. */
  #withPort(destination: DestinationText): DestinationText {
    const given = readProtocol(this.#text('protocol'), destination.family);
    const protocol = given.kind === 'value' ? given.value : '';
    const isPortless = protocol === null ? this.#text('icmpType') !== '' : !hasPorts(protocol);
    return isPortless ? destination : withOnlyPort(destination, protocol, this.#analysis);
  }

  /** As given; else the Service's; else what fits the destination. */
  #protocol(destination: DestinationText | null): string | null {
    const given = this.#take('protocol', readProtocol(this.#text('protocol'), destination?.family ?? 4));
    if (!destination) return given;
    const { address, port } = destination;
    const own =
      destination.protocol ??
      frontendsOf(flowEnd(destination), undefined, this.#analysis)[0]?.frontend.protocol;
    const protocol = given ?? own ?? (this.#text('icmpType') === '' ? 'tcp' : 'icmp');
    if (this.#errors.some(({ field }) => field === 'protocol')) return null;
    if (hasPorts(protocol) && port === null)
      return this.#wrong('to', portMissing(address, given, this.#analysis));
    if (!hasPorts(protocol) && port !== null) {
      return this.#wrong(
        'to',
        `${protocol === 'icmp' ? 'ICMP' : `Protocol ${protocol}`} has no ports: leave out ":${port}".`,
      );
    }
    return protocol;
  }

  #from(source: SourceText, protocol: string | null): FlowSource | null {
    const arrival = this.#interface(source);
    const uid = this.#take('uid', readNumber(this.#text('uid'), 'a user id', 0, 0xffffffff));
    const gid = this.#take('gid', readNumber(this.#text('gid'), 'a group id', 0, 0xffffffff));
    if ((uid ?? gid) !== null && source.kind !== 'node') {
      return this.#wrong(
        uid === null ? 'gid' : 'uid',
        'Only a process of the node itself has a user and a group here.',
      );
    }
    if (source.port !== null && protocol !== null && !hasPorts(protocol)) {
      return this.#wrong('from', `This protocol has no ports: leave out ":${source.port}".`);
    }
    return {
      kind: source.kind,
      address: source.address,
      port: source.port,
      ...(arrival === undefined ? {} : { interface: arrival }),
      ...(uid === null ? {} : { uid }),
      ...(gid === null ? {} : { gid }),
    };
  }

  /** The name; null for a process of the node; undefined = to be worked out. */
  #interface(source: SourceText): string | null | undefined {
    const name = this.#text('interface');
    if (source.kind === 'node') {
      return name === ''
        ? null
        : this.#wrong('interface', 'A process of the node sends it, so it enters by none.');
    }
    if (name === '') return undefined;
    const known = this.#analysis.node.interfaces;
    if (!known || known.has(name)) return name;
    return this.#wrong(
      'interface',
      `The node has no interface "${name}": it has ${listed([...known.keys()].slice(0, 8))}.`,
    );
  }

  #packet(protocol: string | null, destination: DestinationText | null): PacketDetails | null {
    const ttl = this.#take('ttl', readNumber(this.#text('ttl'), 'a TTL', 1, 255));
    const tcpFlags = this.#take('tcpFlags', readTcpFlags(this.#text('tcpFlags')));
    const icmp = this.#take('icmpType', readIcmpType(this.#text('icmpType'), destination?.family ?? 4));
    if (tcpFlags && protocol !== null && protocol !== 'tcp')
      this.#wrong('tcpFlags', 'Only TCP has these flags.');
    if (icmp && protocol !== null && protocol !== 'icmp') this.#wrong('icmpType', 'Only ICMP has types.');
    if (ttl === null && !tcpFlags && !icmp) return null;
    return {
      ...(ttl === null ? {} : { ttl }),
      ...(tcpFlags ? { tcpFlags } : {}),
      ...(icmp ? { icmpType: icmp.type } : {}),
      ...(icmp && icmp.code !== null ? { icmpCode: icmp.code } : {}),
    };
  }
}
