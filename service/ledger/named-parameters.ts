/** A statement with `:name` parameters as a driver with placeholders by position takes it. */
export function positional(
  sql: string,
  parameters: Readonly<Record<string, string | number>>,
  placeholder: (position: number) => string,
): { readonly text: string; readonly values: readonly (string | number)[] } {
  const values: (string | number)[] = [];
  // A second colon is a cast, and one within quotes is text.
  const text = sql.replace(/'(?:[^']|'')*'|(?<!:):([a-z_]\w*)/g, (whole, name: string | undefined) => {
    if (name === undefined) return whole;
    const value = parameters[name];
    if (value === undefined) throw new Error(`the statement names :${name}, and no such parameter is given`);
    return placeholder(values.push(value));
  });
  return { text, values };
}
