/** The words of a query, in lower case. */
export function queryWords(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Those whose label and description hold every word of the query, in order; `choices` is read only as far as needed. */
export function matchingChoices<Choice extends { readonly label: string; readonly description: string }>(
  choices: Iterable<Choice>,
  query: string,
  limit: number,
): readonly Choice[] {
  const words = queryWords(query);
  const found: Choice[] = [];
  if (limit <= 0) return found;
  for (const choice of choices) {
    const text = `${choice.label} ${choice.description}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    found.push(choice);
    if (found.length >= limit) break;
  }
  return found;
}
