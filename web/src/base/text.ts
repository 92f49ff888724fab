// "environment" → "Environment", "ou" → "OU": what people call their groups, as a heading.
export function heading(word: string): string {
  return word.length <= 3 ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
}

// The order of a list of names, whatever their case. Not the browser's collation: to load that takes longer than to sort, and
// what is sorted here is plain English or names of AWS.
export function alphabetical(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
