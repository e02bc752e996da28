import { countWords, plural } from '../narrative/words.ts';
import type { Traffic } from './traffic.ts';

/** The busiest are named. */
const MOST = 5;

/** Whole sentences. */
export function trafficWords({ seconds, services, idle, restarted }: Traffic): readonly string[] {
  const all = services.reduce((sum, { connections }) => sum + connections, 0);
  const named = services.slice(0, MOST).map(({ service, connections, perSecond }) => {
    const rate = perSecond === null ? '' : ` (${rateWords(perSecond)} a second)`;
    return `${service} ${countWords(connections)}${rate}`;
  });
  const more = services.length - named.length;
  const list = [...named, ...(more > 0 ? [`${countWords(more)} more`] : [])].join(', ');
  const when = seconds === null ? 'Between the two' : `In the ${plural(seconds, 'second')} between the two`;
  const none = idle === 0 ? '' : ` None to ${plural(idle, 'Service')} with endpoints.`;
  return [
    services.length === 0
      ? `${when} the rules count no new connection to a Service.`
      : `${when} the rules count ${plural(all, 'new connection')} to ${plural(services.length, 'Service')}: ${list}.${none}`,
    ...(restarted === 0
      ? []
      : [
          `The counters of ${plural(restarted, 'Service port')} began anew meanwhile: at least so many connections came.`,
        ]),
  ];
}

/** `0.04`, `2.5`, `310`: two digits that say something. */
function rateWords(rate: number): string {
  return rate >= 100 ? countWords(Math.round(rate)) : String(Number(rate.toPrecision(2)));
}
