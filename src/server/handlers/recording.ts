import type { Connection } from 'vscode-languageserver';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import type { SourceSpan } from '../../kubeproxy/sources.ts';
import { answeredOf } from '../../kubeproxy/captures/answered.ts';
import { formOfCaptured } from '../../kubeproxy/captures/capturedForm.ts';
import { laidBeside, type LaidConnection, type LaidPacket } from '../../kubeproxy/captures/laidBeside.ts';
import { packetLines } from '../../kubeproxy/captures/packetLines.ts';
import { capturedIn } from '../../kubeproxy/captures/pcap.ts';
import { seenWords, timeWords } from '../../kubeproxy/captures/words.ts';
import type { OwnPlace } from '../../kubeproxy/kernelTrace/compare.ts';
import type { TracedPacket } from '../../kubeproxy/kernelTrace/events.ts';
import { readKernelTrace } from '../../kubeproxy/kernelTrace/readKernelTrace.ts';
import { formOfPacket, packetWords } from '../../kubeproxy/kernelTrace/traceForm.ts';
import { type TracedAlike, tracedAlike } from '../../kubeproxy/kernelTrace/tracedAlike.ts';
import { conclusionOf, ownPlaceWords, stepWords } from '../../kubeproxy/kernelTrace/words.ts';
import { chainNamed } from '../../kubeproxy/rulesets.ts';
import type { Family } from '../../kernel/flow.ts';
import {
  type CapturedConnectionShown,
  type RecordedStep,
  type Recording,
  recordingRequest,
  type TracedPacketShown,
} from '../../protocol/recording.ts';
import type { TextLocation } from '../../protocol/requests.ts';
import { decodeRules } from '../../text/decode.ts';
import type { Steps } from '../../values/steps.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readRecordingParams } from '../params.ts';
import type { Workspace } from '../workspace.ts';
import { notOpen } from './trace.ts';

/** Each is traced. */
const MOST_PACKETS = 100;
/** Of a connection so many packets are listed. */
const MOST_LISTED = 40;

/** Lays recorded packets beside our own trace of each. */
export function handleRecording(connection: Connection, workspace: Workspace): void {
  answer(connection, recordingRequest, readRecordingParams, async ({ uri, bytes }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return { kind: 'nothing', message: notOpen };
    const file = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
    const locate: Locate = (place) => workspace.locate(subject, place);
    return answerInTurns(recordingOf(subject.analysis, locate, file), token);
  });
}

/** Where a place of a source is shown. */
type Locate = (place: SourceSpan) => TextLocation | null;

/** What the bytes of a file record, beside the traces of an analysis. */
export function* recordingOf(analysis: Analysis, locate: Locate, file: Uint8Array): Steps<Recording> {
  const captured = capturedIn(file);
  const text = captured === null ? decodeRules(file).text : '';
  const traced = readKernelTrace(text);
  if (traced.length > 0) return yield* tracedPackets(analysis, locate, traced);
  const packets = captured ?? packetLines(text);
  const [first] = packets;
  if (first === undefined) return { kind: 'nothing', message: NOTHING };
  if (packets.length === 1) return { kind: 'packet', form: formOfCaptured(first) };
  const { connections, others } = yield* laidBeside(packets, analysis);
  return { kind: 'capture', connections: connections.map(connectionOf), others };
}

const NOTHING =
  'It holds no packets: neither a trace of the kernel (lines of the TRACE target, "xtables-monitor --trace", "nft monitor trace"), nor lines of "tcpdump -nn", nor a capture file (pcap, pcapng).';

function* tracedPackets(
  analysis: Analysis,
  locate: Locate,
  traced: readonly TracedPacket[],
): Steps<Recording> {
  const packets: TracedPacketShown[] = [];
  for (const each of traced.slice(0, MOST_PACKETS)) {
    const alike = tracedAlike(each, analysis);
    if (alike !== null) packets.push(tracedPacket(analysis, locate, alike));
    yield;
  }
  return { kind: 'kernel-trace', packets, more: Math.max(0, traced.length - MOST_PACKETS) };
}

function tracedPacket(analysis: Analysis, locate: Locate, alike: TracedAlike): TracedPacketShown {
  const { packet, steps, comparison } = alike;
  const { family } = packet;
  const parts = comparison?.differsAt ?? null;
  const { agrees, sentences } = conclusionOf(alike);
  const shown = steps.map((step, index): RecordedStep => {
    const { table, chain } = step.event;
    const place = { table, chain, index: step.index };
    const way = step.why !== null ? 'unlaid' : parts === null || index < parts ? 'same' : 'behind';
    return {
      ...stepWords(step),
      location: locationOf(analysis, locate, family, place),
      way: index === parts ? 'parts' : way,
    };
  });
  const instead = comparison?.instead ?? null;
  return {
    title: packetWords(packet),
    form: formOfPacket(packet),
    agrees,
    sentences,
    steps: shown,
    outcome: comparison === null || comparison.outcome === null ? null : `o${comparison.outcome}`,
    instead:
      instead === null
        ? null
        : { words: ownPlaceWords(instead), location: locationOf(analysis, locate, family, instead) },
  };
}

/** Of a rule, else of its chain's declaration. */
function locationOf(
  analysis: Analysis,
  locate: Locate,
  family: Family,
  { table, chain: name, index }: OwnPlace,
): TextLocation | null {
  const source = analysis.sources.followed(family);
  const chain = chainNamed(source?.ruleset ?? null, table, name);
  const span = index === null ? chain?.declaration : chain?.rules[index];
  if (source === null || span === undefined || span === null) return null;
  return locate({ source: source.id, span });
}

function connectionOf(connection: LaidConnection): CapturedConnectionShown {
  const { first, packets } = connection;
  const { kind, words } = answeredOf(connection);
  return {
    title: packetWords(first.packet),
    form: formOfCaptured(first),
    kind,
    sentences: words,
    packets: packets.slice(0, MOST_LISTED).map((laid: LaidPacket) => ({
      time: timeWords(laid.captured, first),
      title: packetWords(laid.captured.packet),
      stage: laid.stage,
      seen: seenWords(laid),
    })),
    more: Math.max(0, packets.length - MOST_LISTED),
  };
}
