import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { TASK_DEFINITION } from "../support/types";
import { at, isText, json, list, UNKNOWN } from "../support/values";

/** `account.dkr.ecr.region.amazonaws.com/repository@sha256:…` */
const ECR = /^\d+\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\//;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** A task that must start while the other region is away gets its image at home, and it is the one that was tested. */
export const taskImages = resourcePolicy({
  name: "task-images",
  rule: "Containers run images by their digest, from their own region's registry.",
  severity: "high",
  mend: "replicate the repository to each region and name the image as account.dkr.ecr.REGION.amazonaws.com/repository@sha256:…",
  types: [TASK_DEFINITION],
  options: {
    registries: texts([], "Beginnings of images that may come from elsewhere, such as a registry within the network."),
  },
  judge: ({ props, provider }, report, { registries }) => {
    const containers = json(props.containerDefinitions);
    if (containers === UNKNOWN) return;
    if (list(containers).length === 0) return report("containerDefinitions is no list of containers");
    for (const container of list(containers)) {
      const image = at(container, "image");
      if (image === UNKNOWN) continue;
      if (!isText(image)) report("a container has no image");
      else {
        if (!DIGEST.test(image)) report(`${image} has no digest: the same name could be other code tomorrow, or in the other region`);
        const region = provider?.region;
        const from = ECR.exec(image)?.[1];
        if (registries.some((begin) => image.startsWith(begin)) || region === UNKNOWN || !isText(region)) continue;
        if (from !== region)
          report(`${image} does not come from the registry of ${region}: no task starts while ${from ?? "its registry"} is away`);
      }
    }
    return undefined;
  },
});
