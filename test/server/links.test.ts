import { expect, test } from 'vitest';
import { livePath } from '../../src/protocol/liveUri.ts';
import { commandLinks } from '../../src/server/links.ts';

/** As VS Code's CommandOpener reads a link: parsing the URI decodes its query, which it then decodes. */
function argumentsOf(link: string): unknown {
  return JSON.parse(decodeURIComponent(decodeURIComponent(link.slice(link.indexOf('?') + 1))));
}

test.each(['dev', 'arn:aws:eks:eu-west-1:123:cluster/dev', '100 %', '%2F', '<b>[x](command:y)</b>'])(
  'a link leads to the rules of a node of the context %s',
  (context) => {
    const path = livePath({ context, node: 'node-1', file: 'iptables-save.txt' });
    const uri = `kube-proxy:${path.split('/').map(encodeURIComponent).join('/')}`;
    const argument = { uri, table: 'nat', chain: '[x](command:y)' };
    expect(argumentsOf(commandLinks.showInTree(argument))).toEqual([argument]);
  },
);
