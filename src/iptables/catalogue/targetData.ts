import { type TargetDefinition, option, target } from './definitions.ts';

export const targets: readonly TargetDefinition[] = [
  target('ACCEPT', 'Lets the packet go on.', []),
  target('DROP', 'Throws the packet away.', []),
  target('RETURN', 'Back to the calling chain.', []),
  target(
    'DNAT',
    'Rewrites the destination.',
    [
      option('--to-destination', 'natDestination', 'The new destination.'),
      option('--random', null, 'Random ports.'),
      option('--persistent', null, 'Same address for a client.'),
    ],
    { tables: ['nat'], hooks: ['PREROUTING', 'OUTPUT'] },
  ),
];
