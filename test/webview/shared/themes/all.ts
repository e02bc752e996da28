import { darkModern } from './darkModern.ts';
import { highContrastDark } from './highContrastDark.ts';
import { highContrastLight } from './highContrastLight.ts';
import { lightModern } from './lightModern.ts';
import type { Theme } from './theme.ts';

/** The themes that the panel is judged in. */
export const themes: readonly Theme[] = [darkModern, lightModern, highContrastDark, highContrastLight];
