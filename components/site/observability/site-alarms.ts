import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../../foundation/site-context";
import type { ToldAlarms } from "../notices/notice-rules";
import { runbookSection, type AlarmedSite, type AlarmShape } from "./alarm-shape";
import { causes } from "./cause-alarms";
import { COMPOSITES, compositeName } from "./composite-alarms";
import { NAME_CHECKS, nameAlarm } from "./name-alarms";
import { symptoms } from "./symptom-alarms";
import { watchedMetrics } from "./watched-metrics";

export interface SiteAlarmsArgs extends AlarmedSite {
  readonly topicArn: pulumi.Input<string>;
}

/** What is said beside an alarm's name, what its silence means, and where to read on. */
const description = ({ name, says, silence }: AlarmShape): string =>
  `${says}. ${silence === undefined ? "No data is bad news." : `No data: ${silence}.`} ${runbookSection(name)}`;

/** The alarms of a site, single and composite. They tell people by the site's topic. */
export class SiteAlarms extends pulumi.ComponentResource {
  /** Physical names by the parts that the shapes and composites name. */
  readonly names: Readonly<Record<string, pulumi.Output<string>>>;
  readonly told: ToldAlarms;

  constructor(name: string, args: SiteAlarmsArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SiteAlarms", name, {}, opts);
    const { context, topicArn } = args;
    const names: Record<string, pulumi.Output<string>> = {};
    const make = (shapes: readonly AlarmShape[]) =>
      shapes.flatMap((shape) => {
        const alarm = this.alarm(name, shape, context, topicArn);
        names[shape.name] = alarm.name;
        return shape.quiet ? [] : [alarm.name];
      });
    const told = { symptoms: make(symptoms(args)), causes: make(causes(args)) };
    for (const composite of COMPOSITES) names[composite.name] = this.composite(name, composite, names, args);
    this.names = names;
    const composites = COMPOSITES.map(({ name }) => compositeName(context, name));
    const ofTheName = NAME_CHECKS.map((check) => nameAlarm(context, check));
    this.told = { ...told, symptoms: [...told.symptoms, ...composites, ...ofTheName] };
    this.registerOutputs({});
  }

  private alarm(name: string, shape: AlarmShape, context: SiteContext, topicArn: pulumi.Input<string>): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${shape.name}`,
      {
        name: siteName(context, [shape.name], 255),
        alarmDescription: description(shape),
        ...watchedMetrics(shape),
        comparisonOperator: shape.below ? "LessThanThreshold" : "GreaterThanThreshold",
        threshold: shape.threshold,
        evaluationPeriods: shape.periods ?? 1,
        treatMissingData: shape.silence === undefined ? "breaching" : "notBreaching",
        ...(shape.quiet ? {} : { alarmActions: [topicArn], okActions: [topicArn] }),
      },
      { parent: this },
    );
  }

  private composite(
    name: string,
    { name: what, says, rule }: (typeof COMPOSITES)[number],
    names: Readonly<Record<string, pulumi.Output<string>>>,
    { context, topicArn }: SiteAlarmsArgs,
  ): pulumi.Output<string> {
    // Parts that a stack does not have (without a domain there is no api-silent) are left out.
    const terms = rule.parts.flatMap((part) => (names[part] ? [pulumi.interpolate`ALARM("${names[part]}")`] : []));
    return new aws.cloudwatch.CompositeAlarm(
      `${name}-${what}`,
      {
        alarmName: compositeName(context, what),
        alarmDescription: `${says}. ${runbookSection(what)}`,
        alarmRule: pulumi.all(terms).apply((known) => known.join(` ${rule.when} `)),
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    ).alarmName;
  }
}
