/** IAM's wildcards: `*` is any text, `?` any one character. */
const compiled = new Map<string, RegExp>();

export function like(value: string, pattern: string, ignoreCase = false): boolean {
  const key = `${ignoreCase ? "i" : "c"}${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    expression = new RegExp(`^${source}$`, ignoreCase ? "is" : "s");
    compiled.set(key, expression);
  }
  return expression.test(value);
}

/** The first five parts of an ARN are matched each by itself, so that no wildcard reaches over a colon there. */
export function arnLike(value: string, pattern: string): boolean {
  const [left, right] = [value.split(":"), pattern.split(":")];
  const rest = (parts: readonly string[]): string => parts.slice(5).join(":");
  if (right.length < 6) return pattern === "*";
  return left.slice(0, 5).every((part, index) => like(part, right[index] ?? "")) && like(rest(left), rest(right));
}
