import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { problemsPage } from './problemsPage.ts';

// Written anew by `npx vitest run test/kubeproxy/findings/problemsPage -u`.
it('docs/problems.md is what the table of findings says', async () => {
  await expect(problemsPage()).toMatchFileSnapshot('../../../docs/problems.md');
  expect(readFileSync('docs/problems.md', 'utf8')).toContain('undefined-jump-target');
});
