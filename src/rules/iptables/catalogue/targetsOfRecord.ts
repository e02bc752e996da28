import { option, target, type TargetDefinition } from './definitions.ts';

const goesOn = { terminal: false } as const;

const LEVELS = 'alert crit debug emerg error info notice panic warning 0 1 2 3 4 5 6 7'.split(' ');

/** What writes something down about a packet and lets it go on. */
export const targetsOfRecord: readonly TargetDefinition[] = [
  target(
    'LOG',
    'Writes a line to the kernel log.',
    [
      option('--log-level', 'keyword', 'How grave it is.', { keywords: LEVELS }),
      option('--log-prefix', 'text', 'What the line starts with, up to 29 characters.'),
      option('--log-tcp-sequence', null, 'With TCP sequence numbers.'),
      option('--log-tcp-options', null, 'With TCP options.'),
      option('--log-ip-options', null, 'With IP options.'),
      option('--log-uid', null, 'With the user of the socket.'),
      option('--log-macdecode', null, 'With the frame taken apart.'),
    ],
    goesOn,
  ),
  target(
    'NFLOG',
    'Hands a copy to a logger in user space.',
    [
      option('--nflog-group', 'number16', 'The group that listens.'),
      option('--nflog-range', 'number32', 'Without effect; use --nflog-size.'),
      option('--nflog-size', 'number32', 'How many bytes of the packet.'),
      option('--nflog-threshold', 'number16', 'How many packets are gathered first.'),
      option('--nflog-prefix', 'text', 'What the record starts with, up to 63 characters.'),
    ],
    goesOn,
  ),
  target(
    'ULOG',
    'Hands a copy to a logger in user space (removed from Linux 3.17).',
    [
      option('--ulog-nlgroup', 'number32', 'The group that listens.'),
      option('--ulog-cprange', 'number32', 'How many bytes of the packet.'),
      option('--ulog-qthreshold', 'number32', 'How many packets are gathered first.'),
      option('--ulog-prefix', 'text', 'What the record starts with.'),
    ],
    { ...goesOn, families: [4] },
  ),
  target('TRACE', "The packet's way through the rules is written down.", [], {
    ...goesOn,
    tables: ['raw'],
  }),
  target(
    'AUDIT',
    'Writes an audit record.',
    [
      option('--type', 'keyword', 'What became of the packet.', {
        keywords: ['accept', 'drop', 'reject'],
        anyCase: true,
      }),
    ],
    { ...goesOn, needs: [['--type']] },
  ),
  target(
    'TEE',
    'Sends a copy to another host of the same network.',
    [
      option('--gateway', 'address', 'The host.'),
      option('--oif', 'interface', 'The interface through which the copy leaves.'),
    ],
    { ...goesOn, needs: [['--gateway']] },
  ),
  target(
    'SET',
    'Adds addresses or ports to an ipset, or takes them out.',
    [
      option('--add-set', 'setMatch', 'Adds to this set.', { values: 2 }),
      option('--del-set', 'setMatch', 'Takes out of this set.', { values: 2 }),
      option('--map-set', 'setMatch', 'Takes mark, priority or queue from the entry of this set.', {
        values: 2,
      }),
      option('--exist', null, 'An entry that is there already starts its time anew.'),
      option('--timeout', 'number32', 'The seconds that the entry stays.'),
      option('--map-mark', null, "The packet takes the entry's mark."),
      option('--map-prio', null, "The packet takes the entry's priority."),
      option('--map-queue', null, "The packet takes the entry's hardware queue."),
    ],
    { ...goesOn, needs: [['--add-set', '--del-set', '--map-set']] },
  ),
  target(
    'RATEEST',
    'Measures a rate.',
    [
      option('--rateest-name', 'word', 'The name of the estimator.'),
      option('--rateest-interval', 'estimatorTime', 'How often it measures.'),
      option('--rateest-ewmalog', 'estimatorTime', 'Over what time it averages.'),
    ],
    { ...goesOn, needs: [['--rateest-name'], ['--rateest-interval'], ['--rateest-ewmalog']] },
  ),
  target(
    'IDLETIMER',
    'Tells user space when an interface has been idle.',
    [
      // The kernel wants less than INT_MAX / 1000.
      option('--timeout', 'number32', 'The seconds.', { range: { from: 1, to: 2_147_482 } }),
      option('--label', 'word', 'The name of the timer.'),
      option('--alarm', null, 'Wakes the system up.'),
    ],
    { ...goesOn, needs: [['--timeout'], ['--label']] },
  ),
  target(
    'LED',
    'Blinks a light.',
    [
      option('--led-trigger-id', 'text', 'The name of the trigger.'),
      option('--led-delay', 'word', 'The milliseconds that it stays on, or `inf`.'),
      option('--led-always-blink', null, 'Blinks even if it is on.'),
    ],
    goesOn,
  ),
];
