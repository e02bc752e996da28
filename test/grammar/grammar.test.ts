import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createGrammarSnapshot } from 'vscode-tmlanguage-snapshot';

const here = fileURLToPath(new URL('.', import.meta.url));
const scopesOf = await createGrammarSnapshot(`${here}package.json`);

describe('the grammar colours', () => {
  it.each(readdirSync(`${here}fixtures`))('%s', async (fixture) => {
    await expect(await scopesOf(`${here}fixtures/${fixture}`)).toMatchFileSnapshot(
      `${here}snapshots/${fixture}.txt`,
    );
  });
});
