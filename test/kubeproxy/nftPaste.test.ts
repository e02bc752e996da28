/** Rules of nftables as people paste them. */
import { describe, expect, it } from 'vitest';
import { cleanNftText } from '../../src/kubeproxy/cleanNftText.ts';
import { readNftPaste } from '../../src/kubeproxy/nftPaste.ts';
import { nftFileOf, nftText } from '../../src/kubeproxy/nftSource.ts';
import { printRuleset } from '../../src/rules/nftables/printer.ts';
import { problemsOf } from '../../src/rules/nftables/checks/problemsOf.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { dumpText } from './dumps.ts';

const rules = `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.1 . tcp . 443 comment "a" : goto services }
	}
	chain services {
		ip daddr 10.96.0.1 tcp dport { 80, 443 } counter packets 12 bytes 720 accept comment "web #1" # handle 7
		jump {
			log prefix "x > y"
		}
	}
}
`;
const plain = printRuleset(parseRuleset(rules));

function each(before: (line: string, index: number) => string): string {
  return rules
    .trimEnd()
    .split('\n')
    .map((line, index) => before(line, index) + line)
    .join('\n');
}

/** As pages have it; a `>` that is left as it is harms no page. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

describe('what is left of a paste', () => {
  it.each([
    ['in a fence', `\`\`\`nft\n${rules}\`\`\`\n`],
    ['quoted', each(() => '> ')],
    ['behind a prompt', `root@node-1:~# nft list table ip kube-proxy\n${rules}root@node-1:~# \n`],
    ['numbered by grep', each((_, index) => `${index + 1}:`)],
  ])('%s are its rules, indented as they were', (_, text) => {
    expect(cleanNftText(text, readNftPaste(text))).toBe(rules);
  });
});

describe('a paste of nft', () => {
  it.each([
    ['in a fence', `\`\`\`nft\n${rules}\`\`\`\n`],
    ['quoted', each(() => '> ')],
    ['quoted in a fence', `> \`\`\`\n${each(() => '> ')}\n> \`\`\`\n`],
    ['behind a prompt', `root@node-1:~# nft list table ip kube-proxy\n${rules}root@node-1:~# \n`],
    ['of kubectl', `$ kubectl exec -n kube-system kube-proxy-x -- nft -a list ruleset\n${rules}`],
    ['behind a command', `sudo nft list chain ip kube-proxy services\n${rules}`],
    ['numbered by cat', each((_, index) => `${String(index + 1).padStart(6)}\t`)],
    ['numbered by grep', each((_, index) => `${index + 1}:`)],
    ['numbered by an editor', each((_, index) => `${index + 1} | `)],
    ['with special spaces', rules.replaceAll('\t', '\u00a0\u00a0').replace('tcp dport', 'tcp\u00a0dport')],
    ['with typographic quotes', rules.replaceAll(/"(.*?)"/gu, '\u201c$1\u201d')],
    ['with the line ends of Windows', rules.replaceAll('\n', '\r\n')],
    ['in the colours of a terminal', each(() => '\u001b[32m').replaceAll('\n', '\u001b[0m\n')],
    ['of Slack', each(() => '&gt; ')],
    ['of a page', `<pre><code>${escaped(rules)}</code></pre>\n`],
    ['of a container’s log', each(() => '[pod/kube-proxy-x/kube-proxy] ')],
    ['of a log with times', each(() => '2026-12-01T06:00:00.123456789Z ')],
    ['of Puppet', each(() => 'Notice: /Stage[main]/Rules/Exec[nft]/returns: ')],
    ['of Ansible', `node-1 | CHANGED | rc=0 >>\n${rules}`],
    ['behind a message of kubectl', `Defaulted container "a" out of: a, b\n${rules}`],
    ['behind a prompt of PowerShell', `PS C:\\Users\\me> ssh node-1 nft list ruleset\n${rules}`],
    ['added by a diff', each(() => '+')],
    ['at the edge of a window', each(() => '│ ')],
    ['handed to nft', `sudo nft -f - <<'EOF'\n${rules}EOF\n`],
  ])('%s is read', (_, text) => {
    expect(nftFileOf('pasted.txt', text)).toBe('nft.txt');
    const { ruleset, noise } = nftText('nft.txt', text);
    expect(printRuleset(ruleset)).toBe(plain);
    expect(problemsOf(ruleset)).toEqual([]);
    expect(noise.length > 0).toBe(!text.includes('\r'));
    const bare = readNftPaste(text).text;
    expect(bare).toHaveLength(text.length);
    expect(bare.split('\n')).toHaveLength(text.split('\n').length);
    const [table] = ruleset.tables;
    expect(text.slice(table?.start, table?.name.end)).toBe('table ip kube-proxy');
  });

  it('that is a script of the shell is read as its commands', () => {
    const text = [
      '$ sudo nft add table inet t',
      "nft add chain inet t c '{ type filter hook input priority 0 ; policy accept ; }'",
      String.raw`nft add chain inet t d \{ type filter hook forward priority 0 \; \}`,
      'nft add chain inet t e "{ type filter hook output priority 0; }"',
      'root@node:/etc# nft add rule inet t c tcp dport 22 accept',
      'nft insert rule inet t c ip saddr { 10.0.0.1, 10.0.0.2 } drop comment \'"no"\'',
      'nft "add rule inet t d drop"',
      '',
    ].join('\n');
    expect(nftFileOf('pasted.txt', text)).toBe('nft.txt');
    const { ruleset } = nftText('nft.txt', text);
    expect(problemsOf(ruleset)).toEqual([]);
    expect(ruleset.commands.map(({ object }) => object)).toEqual(
      ['table', 'chain', 'chain', 'chain', 'rule', 'rule', 'rule'].slice(7 - ruleset.commands.length),
    );
  });

  it('keeps what is neither rules nor noise, and tells it', () => {
    const { ruleset } = nftText('nft.txt', `\`\`\`\n${rules}\`\`\`\nand then it hung\n`);
    expect(ruleset.commands).toHaveLength(1);
    expect(problemsOf(ruleset).length).toBeGreaterThan(0);
  });

  it('is none of what nft lists', () => {
    for (const text of [rules, dumpText('1.36.3-nftables', 'nft.txt') ?? '', '# nft add rule ip t c drop\n'])
      expect(readNftPaste(text)).toEqual({ text, noise: [] });
  });

  it.each(['', '>', '```', '1:', 'nft', 'nft list', '$ nft -f - <<EOF', '\u00a0', '> 1: $ nft "add'])(
    'of little is read: %j',
    (text) => {
      expect(readNftPaste(text).text).toHaveLength(text.length);
      expect(readNftPaste(`${text}\n`.repeat(50)).text).toHaveLength((text.length + 1) * 50);
    },
  );
});
