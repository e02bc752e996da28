import { MAX_32, readNumber } from '../../../values/numbers.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import { isGivenByRules, realmsOf } from '../../../kernel/passage/realms.ts';
import { eachOption } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m realm --realm 0x5/0xffff`: xt_realm.c, the realms of the packet’s route. */
export const realm = eachOption({
  '--realm': (option) => {
    const [value = '', mask] = word(option).split('/');
    const wanted = valueIn(readNumber(value, MAX_32));
    const bits = mask === undefined ? MAX_32 : valueIn(readNumber(mask, MAX_32));
    if (wanted === null || bits === null) return null;
    return {
      test: (packet, run): Answer => {
        const own = realmsOf(packet, run);
        if (own !== null) return (own & bits) >>> 0 === wanted;
        const claim = `the packet’s route is of realm ${word(option)}`;
        const why = isGivenByRules(packet, run)
          ? ': policy rules give realms (ip rule … realms), which are not followed'
          : '';
        const message = `Whether ${claim} is not known${why}.`;
        return question(`${run.scope}realm:${word(option)}`, 'routing-unknown', message, claim);
      },
      fact: (packet, run) => {
        const own = realmsOf(packet, run);
        return own === null
          ? 'the realm of the route is not known'
          : `the packet’s route is of realm 0x${own.toString(16)}`;
      },
      wanted: word(option),
    };
  },
});
