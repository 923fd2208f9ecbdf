/** Who sends requests in the simulated world: each by a role that IAM knows, with the accounts that are its own. */

const roleOf = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

/** All who trade in good faith. */
export const TRADERS = { role: roleOf("traders"), accounts: ["*"] } as const;
/** May trade too, for accounts that begin so, and wishes the others ill. */
export const STRANGER = { role: roleOf("stranger"), accounts: ["stranger-*"] } as const;
/** The platform's canaries of a region. */
export const platformOf = (region: string) => ({ role: roleOf(`platform-${region}`), accounts: ["synthetic-*"] }) as const;

/** As a gateway tells it of a request that this role has signed. */
export const sessionOf = (role: string): string => `${role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/session`;
