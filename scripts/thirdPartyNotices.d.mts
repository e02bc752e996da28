/** `title`: `ws 8.23.0 (MIT)`; `text` begins with it. Throws where the package's folder holds no licence. */
export function noticeOf(folder: string): { readonly title: string; readonly text: string };
