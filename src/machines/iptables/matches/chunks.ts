/** What stands in the packets of SCTP and DCCP: chunk types, packet types. */
import { presume } from '../../../kernel/answers.ts';
import { DCCP, type Packet, SCTP } from '../../../kernel/packet.ts';
import { openQuestionOf, type OptionReader } from './match.ts';
import { word } from './reading.ts';

const WAYS = ['any', 'all', 'only'];

/** `--chunk-types any INIT,DATA:Be`: xt_sctp.c. */
export const chunkTypes: OptionReader = (option, context) => {
  const [way, list] = [word(option).toLowerCase(), word(option, 1).toUpperCase()];
  if (!WAYS.includes(way) || list === '') return null;
  const types = list.split(',').map((type) => type.split(':')[0] ?? '');
  const hasInit = types.includes('INIT') || list === 'ALL';
  const fits = way === 'all' ? list === 'NONE' || (types.length === 1 && list !== 'ALL' && hasInit) : hasInit;
  return firstPacket(
    SCTP,
    'INIT',
    fits,
    `${word(option)} ${word(option, 1)}`,
    openQuestionOf(option, context),
  );
};

/** `--dccp-types REQUEST,RESPONSE`: xt_dccp.c. */
export const dccpTypes: OptionReader = (option, context) => {
  const fits = word(option).toUpperCase().split(',').includes('REQUEST');
  return firstPacket(DCCP, 'REQUEST', fits, word(option), openQuestionOf(option, context));
};

/** The first packet of a connection is presumed to be its beginning; what a later one holds is an open question. */
function firstPacket(
  protocol: number,
  beginning: string,
  fits: boolean,
  wanted: string,
  open: ReturnType<typeof openQuestionOf>,
): ReturnType<OptionReader> {
  return {
    test: (packet, run) => {
      if (packet.protocol !== protocol) return false;
      if (isLater(packet)) return open;
      const message = `The packet is taken to be the first of its connection, an ${beginning}: what is in it is not given.`;
      return presume(
        fits,
        `${run.scope}chunks:${wanted}`,
        'first-packet',
        message,
        `the packet holds ${wanted}`,
      );
    },
    fact: () => `the packet is an ${beginning}`,
    wanted,
  };
}

function isLater({ connection, direction, given }: Packet): boolean {
  return given === 'established' || direction === 'reply' || connection?.seenReply === true;
}
