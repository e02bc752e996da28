import { readForm } from '../form/flowForm.ts';
import { packetTo } from '../ways/vantages.ts';
import { MOST_FRONTENDS } from '../ways/ways.ts';
import type { DiagnosisSubject } from './subject.ts';

/** What is wrong with a source that was asked about, in a sentence; null where it can send to a frontend of the Service, or there is none. */
export function wrongSource(from: string, { ports, analysis }: DiagnosisSubject): string | null {
  let wrong: string | null = null;
  for (const frontend of ports.flatMap(({ frontends }) => frontends).slice(0, MOST_FRONTENDS)) {
    const reading = readForm(packetTo(frontend, from), analysis);
    if (reading.kind === 'flow') return null;
    wrong ??= reading.errors.find(({ field }) => field === 'from')?.message ?? null;
  }
  return wrong;
}
