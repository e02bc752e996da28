/**
 * What must not be done by spreading a list into a call: arguments stand on the stack, and a list of a hundred thousand
 * ends the program there.
 */

/** Puts `items` behind what `list` has. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item);
}

/** The largest number; `least` where there is none larger. */
export function largest(numbers: Iterable<number>, least: number): number {
  let most = least;
  for (const each of numbers) if (each > most) most = each;
  return most;
}
