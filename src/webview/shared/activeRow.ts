/**
 * A list or a tree that the keyboard comes to shows its active row, after the browser has brought the whole of it into
 * sight. A click leaves everything where it is, as it would miss its row.
 */
export function showActiveRow({ target }: FocusEvent, row: Element | null | undefined): void {
  if (target instanceof Element && target.matches(':focus-visible'))
    requestAnimationFrame(() => row?.scrollIntoView({ block: 'nearest' }));
}
