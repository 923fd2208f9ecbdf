/**
 * Can one text match both patterns? `*` is any text and `?` any character, as in IAM. A policy's resource and the form that AWS gives a type of
 * resource are both patterns: what the policy names is of that type if some ARN is of both.
 */
export function meet(left: string, right: string): boolean {
  const known = new Map<string, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = `${i},${j}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false);
    const [a, b] = [left[i], right[j]];
    const found =
      (a === undefined && b === undefined) ||
      (a === "*" && (from(i + 1, j) || (b !== undefined && from(i, j + 1)))) ||
      (b === "*" && (from(i, j + 1) || (a !== undefined && from(i + 1, j)))) ||
      (a !== undefined && b !== undefined && a !== "*" && b !== "*" && (a === b || a === "?" || b === "?") && from(i + 1, j + 1));
    known.set(key, found);
    return found;
  };
  return from(0, 0);
}
