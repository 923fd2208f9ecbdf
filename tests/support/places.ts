/** Where the sites of the recorded stacks are. */
export const REGIONS = { primary: "us-east-1", standby: "us-east-2" } as const;
