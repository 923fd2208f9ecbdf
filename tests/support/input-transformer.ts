/**
 * What EventBridge makes of a template: values stand where the template says `<name>`, and nothing in them is escaped. Between quotation marks a text
 * stands as it is; without them an object stands as its JSON. What comes out need not be JSON.
 */
interface Transformer {
  readonly inputPaths: Readonly<Record<string, string>>;
  readonly inputTemplate: string;
}

const at = (event: unknown, path: string): unknown =>
  path
    .replace(/^\$\./, "")
    .split(".")
    .reduce<unknown>((value, member) => (value as Readonly<Record<string, unknown>> | undefined)?.[member], event);

export function transformed(event: unknown, { inputPaths, inputTemplate }: Transformer): string {
  return inputTemplate.replace(/<([\w-]+)>/g, (placeholder, name: string) => {
    const path = inputPaths[name];
    if (path === undefined) return placeholder;
    const value = at(event, path);
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}
