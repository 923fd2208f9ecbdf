/** What a site's dead-letter queues are of, as their names, alarms and graphs have it: `trade-<site>-<this>-dlq-<suffix>`. */
export const DEAD_LETTERS = ["trades", "events", "forward", "notices", "schedules", "parameters", "wake", "record"] as const;
