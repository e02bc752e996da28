/** The fields and keys that the catalogue of nftables has, with type and width, as `nft describe` tells them. */
import { expect, test } from 'vitest';
import { spawnSync } from 'node:child_process';
import { constantsOfTypes, logLevels } from '../../src/rules/nftables/catalogue/constants.ts';
import { ctKeys, metaKeys, socketKeys } from '../../src/rules/nftables/catalogue/keys.ts';
import { extensionHeaders, payloads } from '../../src/rules/nftables/catalogue/payloads.ts';
import { describeWithKernel } from './support/requirements.ts';

/** `ip saddr` → `ipv4_addr 32`; null where this nft does not know it, or has no type for it by itself. */
function described(expression: string): string | null {
  const { stdout } = spawnSync('nft', ['describe', ...expression.split(' ')], { encoding: 'utf8' });
  const [, type, bits, unit] = /expression, datatype (\S+) .*?, (\d+) (bits|characters)/u.exec(stdout) ?? [];
  if (type === undefined || type === 'invalid' || bits === undefined) return null;
  return `${type} ${unit === 'bits' ? bits : Number(bits) * 8}`;
}

describeWithKernel('the catalogue of nftables', ['nft'], () => {
  const fields = [...payloads, ...extensionHeaders].flatMap(([header, of]) =>
    [...of.values()].map(({ name, type, bits }) => [`${header} ${name}`, `${type} ${bits}`] as const),
  );

  test('has the fields of headers', () => {
    const known = fields.map(([name, expected]) => [name, described(name), expected] as const);
    expect(known.filter(([, told, expected]) => told !== null && told !== expected)).toEqual([]);
    expect(known.filter(([, told]) => told !== null).length).toBeGreaterThan(100);
  });

  test.each([
    ['meta', metaKeys],
    ['ct', ctKeys],
    ['socket', socketKeys],
  ])('has the keys of %s', (word, keys) => {
    const known = [...keys].map(
      ([key, type]) => [key, described(`${word} ${key}`)?.split(' ')[0], type] as const,
    );
    expect(known.filter(([, told, type]) => told !== undefined && told !== type)).toEqual([]);
    expect(known.filter(([, told]) => told !== undefined).length).toBeGreaterThan(keys.size / 2);
  });

  const askedAs: Readonly<Record<string, string>> = { ct_event: 'ct event', ecn: 'ip ecn' };
  /** nft prints these as they lie in memory. */
  const swapped = new Set(['ether_type', 'arp_op']);

  test.each([...constantsOfTypes].filter(([type]) => type !== 'inet_service' && type !== 'inet_proto'))(
    'has the constants of %s',
    (type, constants) => {
      const { stdout } = spawnSync('nft', ['describe', ...(askedAs[type] ?? type).split(' ')], {
        encoding: 'utf8',
      });
      const told = [...stdout.matchAll(/^\t(\S+)\s+(\S+)$/gmu)].map(([, name = '', written]) => {
        const number = Number(written);
        return [name, swapped.has(type) ? ((number & 0xff) << 8) | (number >> 8) : number] as const;
      });
      expect(Object.fromEntries(constants)).toEqual(Object.fromEntries(told));
    },
  );

  test('has the protocols that nft knows by name', () => {
    const { stdout } = spawnSync('nft', ['describe', 'inet_proto'], { encoding: 'utf8' });
    const told = [...stdout.matchAll(/^\t(\S+)\s+(\d+)$/gmu)];
    expect(told.length).toBeGreaterThan(50);
    const known = constantsOfTypes.get('inet_proto');
    const differs = told.filter(([, name = '', number]) => known?.get(name) !== Number(number));
    expect(differs.map(([, name]) => name)).toEqual([]);
  });

  test('has the levels of log', () => {
    const refused = logLevels.filter((level) => {
      const rule = `table ip t {\nchain c {\nlog level ${level}\n}\n}\n`;
      return spawnSync('unshare', ['-n', 'nft', '-c', '-f', '-'], { input: rule }).status !== 0;
    });
    expect(refused).toEqual([]);
  });
});
