/** Text that may stand in HTML, or in an attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? character);

/** JSON for a script element: no text in it can end the element. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replace(/</g, "\\u003c");

export const seconds = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? "never" : `${(ms / 1000).toFixed(1)} s`;

/** A table with a caption for readers who can't see it. `numeric`: right-aligned columns. */
export function table(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly number[] = [],
): string {
  const cell = (html: string, column: number): string => {
    const style = numeric.includes(column) ? ' class="number"' : "";
    return column === 0 ? `<th scope="row"${style}>${html}</th>` : `<td${style}>${html}</td>`;
  };
  return `<div class="scroll" role="region" aria-label="${escaped(caption)}" tabindex="0"><table>
<caption>${escaped(caption)}</caption>
<thead><tr>${headings.map((heading) => `<th scope="col">${escaped(heading)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")}
</tbody></table></div>`;
}
