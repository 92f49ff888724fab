// The questions that public/first.js asked before anything else was loaded. It finds their addresses in the page (app/layout.tsx),
// which has them from here and from whoever asks them, so that there is one place for each.

declare global {
  interface Window {
    cadastreAsked?: Record<string, Promise<Response>>;
  }
}

// The answer to a question that was asked already, once. Only a good one: whatever went wrong is worth asking again.
export async function earlyAnswer(address: string): Promise<Response | undefined> {
  const asked = window.cadastreAsked;
  const answer = asked?.[address];
  if (!asked || !answer) return undefined;
  delete asked[address];
  const response = await answer.catch(() => undefined);
  return response?.ok ? response : undefined;
}
