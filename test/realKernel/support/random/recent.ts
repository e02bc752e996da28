/** Lists of `-m recent`, in all their forms. */
import type { Feature } from './feature.ts';

export const recent: readonly Feature[] = [
  {
    name: 'recent, all forms',
    matches: ({ random, not }) => {
      const list = random.pick(['seen', 'others', 'nets']);
      const mask = list === 'nets' ? '--mask 255.255.0.0 ' : '';
      const hits = random.maybe(0.3, () => ` --hitcount ${1 + random.below(3)}`);
      const ttl = random.maybe(0.3, () => ' --rttl');
      const reap = random.maybe(0.2, () => ' --seconds 60 --reap');
      const end = random.pick(['--rsource', '--rdest']);
      return [
        `-m recent --name ${list} ${not}--set ${end}`,
        `-m recent --name ${list} ${not}--rcheck${hits}${ttl}${reap} ${end}`,
        `-m recent --name ${list} ${not}--update${hits}${ttl}${reap} ${end}`,
        `-m recent --name ${list} ${not}--remove ${end}`,
      ].map((text) => (mask === '' ? text : `${text} ${mask.trim()}`));
    },
    inRule: /-m recent /,
  },
];
