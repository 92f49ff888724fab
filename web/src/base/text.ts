// "environment" → "Environment", "ou" → "OU": what people call their groups, as a heading.
export function heading(word: string): string {
  return word.length <= 3 ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
}
