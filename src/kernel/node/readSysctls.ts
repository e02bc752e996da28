import type { FileReading } from './reading.ts';

/** `net.ipv4.conf.all.rp_filter = 0`; an interface with a dot in its name is printed with a slash (`eth0/100`). */
const LINE = /^\s*([A-Za-z0-9_][^\s=]*)\s*=\s?(.*)$/;

/** `sysctl -a` → values by full name. */
export function readSysctls(text: string): FileReading<ReadonlyMap<string, string>> {
  const sysctls = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match !== null) sysctls.set(match[1] ?? '', (match[2] ?? '').trim());
  }
  if (sysctls.size === 0 && text.trim() !== '') return { value: null, problems: ['not a list of sysctls'] };
  return { value: sysctls, problems: [] };
}
