/** VS Code hands no document of more characters to extensions (its `TextModel._MODEL_SYNC_LIMIT`). */
export const MOST_HANDED_OVER = 50 * 1024 * 1024;
