/** What is written at the parts of a picture, alike in every layout, and read out of it. */
import type { NarrativeStage } from '../narrative/narrative.ts';
import { shareWords } from '../narrative/words.ts';
import type { Look } from './drawing.ts';
import type { Picture, PictureBranch, PictureWay } from './picture.ts';

export function stopName({ hook, table }: NarrativeStage): string {
  return table === null ? hook : `${hook} ${table}`;
}

/** Under the name of its hook: `nat`, `routing`. */
export function placeName({ hook, table }: NarrativeStage): string {
  return table ?? hook;
}

/** Whether something happens to the packet there. */
export function happens({ word }: NarrativeStage): boolean {
  return word !== '';
}

/** For a reader, and where a text is cut. */
export function stopWords(stop: NarrativeStage): string {
  return `${stopName(stop)}: ${happens(stop) ? stop.word : 'passes'}`;
}

/** Whether addresses or marks are others behind it. */
export function isChange({ word }: NarrativeStage): boolean {
  return /^(?:DNAT|SNAT|NETMAP|masquerade|redirect|mark)$/u.test(word);
}

export function lookOf({ mark, isStopped }: PictureWay): Look {
  if (isStopped || mark === 'unanswered' || mark === 'drop' || mark === 'reject') return 'bad';
  return mark === 'unknown' || mark === 'mixed' ? 'dim' : 'plain';
}

/** Above an arrow: `33.3 % · eth0`. */
export function aboveWay({ share, interface: out }: PictureWay): string {
  return [shareWords(share), out ?? ''].filter((each) => each !== '').join(' · ');
}

/** Below it: as whom, where that is somebody else, and the marks; none, one or two lines. */
export function belowWay({ changes, marks }: PictureWay): readonly string[] {
  const source = changes.find(({ field }) => field === 'source');
  return [source === undefined ? '' : `from ${source.is}`, marks.join(', ')].filter((each) => each !== '');
}

export function endWords({ title, subtitle, isStopped, onward }: PictureWay): readonly string[] {
  return [isStopped ? 'Stopped' : '', title, subtitle, onward].filter((each) => each !== '');
}

export function backWords({ words, isLost }: Picture['back'][number]): string {
  return isLost ? `✗ ${words}` : `↩ ${words}`;
}

/** Of one way, for a reader. */
export function wayWords({ condition, stops }: PictureBranch, way: PictureWay): string {
  const through = stops.filter(happens).map(stopWords).join(', ');
  const changes = way.changes.map(({ was, is }) => `${was} becomes ${is}`).join(', ');
  return [condition, through, aboveWay(way), changes, ...way.marks, ...endWords(way)]
    .filter((each) => each !== '')
    .join('; ');
}
