/** Which backend of iptables wrote rules. */
import type { Generator } from '../rules/iptables/nodes.ts';

/**
 * Since 1.8.8 only the nft variant adds `(nf_tables)`, before 1.8 there was only legacy, and 1.8.0 to 1.8.2 called the
 * nft variant `xtables-save`. What is between does not tell.
 */
export function backendOfGenerator(generator: Generator | null): 'nf_tables' | 'legacy' | null {
  if (generator === null || generator.backend !== null) return generator?.backend ?? null;
  if (generator.program.startsWith('xtables')) return 'nf_tables';
  const [major = 0, minor = 0, patch = 0] = generator.version.replace(/^v/u, '').split('.').map(Number);
  if (major !== 1) return null;
  return minor !== 8 || patch >= 8 ? 'legacy' : null;
}
