/** Lines of ipvsadm's listing that are not read: what they hold is followed by no trace. */
import { IPVS } from '../../../kernel/ruleAt.ts';
import type { SnapshotFiles } from '../../../kernel/snapshot.ts';
import type { IpvsProblem } from '../../../rules/ipvs/nodes.ts';
import { ipvsTextOf } from '../../ipvsSource.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';

/** So many are told each by itself. */
const MOST_TOLD = 20;

export function unreadLines({ files }: { readonly files: SnapshotFiles }): readonly Finding[] {
  const problems = ipvsTextOf(files)?.rules.problems ?? [];
  return problems.slice(0, MOST_TOLD).map((problem, index) =>
    ruleFinding({
      code: 'ipvs-unread',
      at: { source: IPVS, span: { start: problem.start, end: problem.end } },
      message: `${wordsOf(problem)} What it holds is followed by no trace.${index === MOST_TOLD - 1 && problems.length > MOST_TOLD ? ` ${problems.length - MOST_TOLD} more lines are not read.` : ''}`,
    }),
  );
}

function wordsOf({ code, detail }: IpvsProblem): string {
  const what = detail.length > LONGEST ? `${detail.slice(0, LONGEST)} …` : detail;
  switch (code) {
    case 'named-end':
      return `"${what}" is a name, and its address is not known: list with -n ("ipvsadm -Sn").`;
    case 'no-virtual-server':
      return `The server ${what} stands behind no virtual server.`;
    case 'unknown-word':
      return `"${what}" is no option of ipvsadm that is known.`;
    case 'not-ipvs':
      return 'Nothing in this file is a listing of ipvsadm.';
    default:
      return `This is no line of ipvsadm: "${what}".`;
  }
}

const LONGEST = 60;
