import { presume } from '../../../kernel/answers.ts';
import { eachOption } from './match.ts';
import { word } from './reading.ts';

/** `-m helper --helper ftp`: xt_helper.c. Only connections that a helper of another one foretold have one. */
export const helper = eachOption({
  '--helper': (option) => {
    const name = word(option);
    const what = name === '' ? 'a helper' : `the helper ${name}`;
    return {
      test: ({ connection }) => {
        if (connection === null) return false;
        const message = `The connection is taken not to be one that ${what} of another connection has foretold.`;
        return presume(false, `helper:${name}`, 'helper-assumed', message, `${what} foretold the connection`);
      },
      fact: () => `${what} did not foretell the connection`,
      wanted: what,
    };
  },
});
