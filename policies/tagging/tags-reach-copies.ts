import { resourcePolicy } from "../support/policy";
import { CLUSTER, DB_INSTANCE, LAUNCH_TEMPLATE, TABLE } from "../support/types";
import { at, isText, isTrue, list, passes } from "../support/values";

const GROUP = "aws:autoscaling/group:Group";
const SERVICE = "aws:ecs/service:Service";

/** Default tags don't reach what AWS creates by itself: replicas, snapshots, instances, tasks. These settings pass them on. */
export const tagsReachCopies = resourcePolicy({
  name: "tags-reach-copies",
  rule: "Tags reach what AWS makes from a resource: replicas, snapshots, instances, volumes and tasks.",
  severity: "low",
  mend: "set propagateTags (table replicas, ECS services), copyTagsToSnapshot (databases), propagateAtLaunch (Auto Scaling groups) or tagSpecifications for instances and volumes (launch templates)",
  types: [TABLE, CLUSTER, DB_INSTANCE, GROUP, SERVICE, LAUNCH_TEMPLATE],
  options: {},
  judge: ({ type, props }, report) => {
    if (type === TABLE) {
      for (const replica of list(props.replicas)) {
        if (!passes(at(replica, "propagateTags"), isTrue)) report("a replica does not get the table's tags (propagateTags)");
      }
    } else if (type === CLUSTER || type === DB_INSTANCE) {
      if (!passes(props.copyTagsToSnapshot, isTrue)) report("snapshots do not get the database's tags (copyTagsToSnapshot)");
    } else if (type === GROUP) {
      const tags = list(props.tags);
      if (tags.length === 0) report("instances get no tags, because an Auto Scaling group ignores the provider's default tags");
      if (!tags.every((tag) => passes(at(tag, "propagateAtLaunch"), isTrue))) report("a tag is not propagated at launch");
    } else if (type === SERVICE) {
      if (!passes(props.propagateTags, (value) => value === "SERVICE" || value === "TASK_DEFINITION"))
        report("tasks get no tags (propagateTags)");
    } else {
      for (const kind of ["instance", "volume"]) {
        const specified = list(props.tagSpecifications);
        const covered = specified.some((one) => passes(at(one, "resourceType"), (value) => isText(value) && value === kind));
        if (!covered) report(`${kind}s get no tags (tagSpecifications)`);
      }
    }
  },
});
