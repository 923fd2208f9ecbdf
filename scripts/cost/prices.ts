/**
 * What AWS asks in us-east-1, on demand, in US dollars; us-east-2 and us-west-2 ask the same. Taken from AWS's public price pages. A price list of
 * one's own contract goes here.
 */
export const PRICES_OF = "2025-11";

/** A month has 730 hours in AWS's own estimates. */
export const HOURS = 730;

export const HOUR = {
  auroraCapacityUnit: 0.12,
  interfaceEndpointAndZone: 0.01,
  natGateway: 0.045,
  publicAddress: 0.005,
  loadBalancer: 0.0225,
  fargateArmCpu: 0.03238,
  fargateArmGb: 0.00356,
  fargateX86Cpu: 0.04048,
  fargateX86Gb: 0.004445,
} as const;

export const AURORA_CLASS_HOUR: Readonly<Record<string, number>> = {
  "db.r6g.large": 0.26,
  "db.r7g.large": 0.276,
  "db.r7g.xlarge": 0.553,
  "db.r7g.2xlarge": 1.106,
};

export const INSTANCE_HOUR: Readonly<Record<string, number>> = {
  "t4g.medium": 0.0336,
  "t4g.large": 0.0672,
  "c7g.medium": 0.0363,
  "c7g.large": 0.0725,
  "c7g.xlarge": 0.145,
  "m7g.large": 0.0816,
  "r7g.large": 0.1071,
};

export const MONTH = {
  key: 1,
  secretAndReplica: 0.4,
  alarmMetric: 0.1,
  compositeAlarm: 0.5,
  dashboard: 3,
  hostedZone: 0.5,
  healthCheck: 0.5,
  /** HTTPS, and an interval of ten seconds, each. */
  healthCheckOption: 1,
  webAcl: 5,
  webAclRule: 1,
  volumeGb: 0.08,
} as const;

/** Lambda on Graviton. */
export const GB_SECOND = 0.0000133334;

/** A million of each. */
export const MILLION = {
  apiRequest: 3.5,
  functionRequest: 0.2,
  queueRequest: 0.4,
  event: 1,
  objectWritten: 5,
  tableWriteUnit: 0.625,
  tableReadUnit: 0.125,
  dataApiRequest: 0.35,
  auroraIo: 0.2,
  webAclRequest: 0.6,
} as const;

export const LOG_GB = 0.5;
