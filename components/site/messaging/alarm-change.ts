/** An alarm's change of state, as CloudWatch puts it on the account's own bus. */
export const ALARM_CHANGE = { source: ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"] };
