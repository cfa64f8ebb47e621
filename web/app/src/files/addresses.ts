/** Somebody to share with, as lists of people have it. */
export interface Somebody {
  id: string;
  email: string;
  name: string;
}

/** Takes apart what was typed or pasted: addresses that a sign has ended, and what is still being typed. */
export function addressesIn(text: string): { whole: string[]; rest: string } {
  // Between several addresses blanks are enough; one name may have them inside.
  const isMany = (text.match(/@/g)?.length ?? 0) > 1;
  const parts = text.split(isMany ? /[,;\s]+/ : /[,;\n\t]+/).map((part) => part.trim());
  const rest = isMany ? "" : (parts.pop() ?? "");
  return { whole: parts.filter((part) => part !== ""), rest: isMany || parts.length > 0 ? rest : text };
}

/** Those whose name or address has all words of `typed` in it, at most `most`; the ones that begin with it first. */
export function matching(people: readonly Somebody[], typed: string, taken: readonly string[], most: number): Somebody[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const free = people.filter(({ email }) => !taken.includes(email));
  const found = free.filter(({ name, email }) => {
    const text = `${name} ${email}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const first = words[0] ?? "";
  const rank = ({ name, email }: Somebody) => ([name, email].some((text) => text.toLowerCase().startsWith(first)) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, most);
}
