/** The RDS Data API's named parameters, in a statement of any engine. */

export interface SqlParameter {
  readonly name?: string;
  readonly typeHint?: string;
  readonly value?: {
    readonly isNull?: boolean;
    readonly stringValue?: string;
    readonly longValue?: number;
    readonly doubleValue?: number;
    readonly booleanValue?: boolean;
    readonly blobValue?: string;
    readonly arrayValue?: unknown;
  };
}

export class BadParameter extends Error {
  override readonly name = "BadParameter";
}

/**
 * The statement with each parameter in its place.
 * @param token what is passed over (literals, comments …), and, in its group `name`, a parameter's name
 * @param place how the engine has a parameter
 */
export function substituted(
  sql: string,
  parameters: readonly SqlParameter[],
  token: RegExp,
  place: (name: string, parameter: SqlParameter) => string,
): string {
  const given = new Map(parameters.map((parameter) => [parameter.name ?? "", parameter]));
  return sql.replace(token, (...matched: unknown[]) => {
    const { name } = matched.at(-1) as { readonly name?: string };
    if (name === undefined) return String(matched[0]);
    const parameter = given.get(name);
    if (parameter === undefined) throw new BadParameter(`Named parameter ${name} is missing a value`);
    return place(name, parameter);
  });
}
