/** The lab's one account key, with which its people, clients and functions sign. */
export const LAB_CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" } as const;

/** Undefined: there is no such key. */
export const secretOf = (accessKeyId: string): string | undefined =>
  accessKeyId === LAB_CREDENTIALS.accessKeyId ? LAB_CREDENTIALS.secretAccessKey : undefined;
