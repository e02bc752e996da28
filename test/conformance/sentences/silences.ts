/** What has to be said of a packet, since it changes what the client gets. */
import type { Reading } from '../../support/sentences/claims.ts';
import { commentsOf } from '../../support/sentences/nodeFacts.ts';
import type { Verdicts } from '../../support/sentences/complaint.ts';
import type { Case } from './headline.ts';
import { hostOf, opens, passed, written } from './recorded.ts';

/** `text`: all that is told, headline included. */
export function judgeSilences(reading: Reading, text: string, of: Case, verdicts: Verdicts): void {
  const { flow, facts } = of;
  const { headline, details } = reading;
  if (headline === null || headline.open) return;
  const ends = flow.outcomes.filter(passed);
  const asked = written(flow.to.address, flow.to.port);
  const replies = details.filter((each) => each.kind === 'replies');
  if (ends.length === 0) {
    const stopped = headline.fates.length === 1 && headline.fates[0]?.end.kind === 'stops';
    if (opens(flow) && stopped)
      verdicts.said('what the sender notices', headline.notice !== null, 'nothing is said');
    return;
  }
  const changed = ends.some(
    ({ source }) => source !== null && flow.from.address !== null && hostOf(source) !== flow.from.address,
  );
  const isNobody =
    headline.losses.some(({ kind }) => kind === 'listener') ||
    headline.fates.some(({ end }) => end.kind === 'passes' && (end.unanswered || end.source !== null));
  if (changed && !isNobody)
    verdicts.said(
      'source',
      details.some(({ kind }) => kind === 'source'),
      'the receiver sees another source',
    );
  const translated = ends.filter(({ destination }) => destination !== asked);
  const isFirst = flow.after === undefined && opens(flow);
  if (translated.length > 0 && isFirst) {
    verdicts.said(
      'replies',
      replies.length > 0 || headline.losses.length > 0,
      'the client asked another address than the one that answers',
    );
    const told = [...replies, ...headline.losses].reduce((sum, each) => sum + (each.share ?? 1), 0);
    const share =
      translated.reduce((sum, each) => sum + each.count, 0) / ends.reduce((sum, each) => sum + each.count, 0);
    if (replies.length > 0 && share > 0.99) {
      verdicts.said('replies of a part', told > 0.98, `${(100 * told).toFixed(0)} % of replies are told`);
    }
  }
  judgeServices(reading, text, of, verdicts);
  const lists = flow.paths.flatMap(({ rules }) => rules.map((place) => facts.rule(flow.family, place) ?? ''));
  if (lists.some((line) => /^-A KUBE-SEP-.* -m recent .*--set/.test(line))) {
    verdicts.said(
      'affinity',
      details.some(({ kind }) => kind === 'affinity'),
      commentsOf(lists.find((line) => line.includes('--set')) ?? '').join(),
    );
  }
}

/** A Service's address, or node port, that no rule hands to an endpoint. */
function judgeServices(
  { headline, details }: Reading,
  text: string,
  { flow, facts }: Case,
  verdicts: Verdicts,
): void {
  const asked = written(flow.to.address, flow.to.port);
  const ends = flow.outcomes.filter(passed);
  if (!opens(flow) || !ends.every(({ destination }) => destination === asked)) return;
  const frontends = facts.frontends(flow.family);
  const atAddress = frontends.filter(({ address }) => address === flow.to.address);
  const atPort = facts.addresses.has(flow.to.address)
    ? frontends.filter(({ address, port }) => address === null && port === flow.to.port)
    : [];
  if (atAddress.length === 0 && atPort.length === 0) return;
  if (facts.addresses.has(flow.to.address) && atPort.length === 0) return;
  const named = [...atAddress, ...atPort].some(({ service }) => text.includes(service.split(':')[0] ?? ''));
  verdicts.said(
    atPort.length > 0 ? 'Service of a node port' : 'Service of the address',
    named,
    atAddress[0]?.service ?? atPort[0]?.service ?? '',
  );
  if (atAddress.length > 0) {
    const received = details.some((each) => each.kind === 'source' && each.receiver !== 'next node');
    verdicts.said('that nobody answers there', headline !== null && !received, 'a receiver is told of');
  }
}
