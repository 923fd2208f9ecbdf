import { resourcePolicy } from "../support/policy";
import { at, isText, list, passes, type Value } from "../support/values";

const DESTINATION = "aws:cloudwatch/eventApiDestination:EventApiDestination";
const CONNECTION = "aws:cloudwatch/eventConnection:EventConnection";

/** What a connection adds to each request. */
const ADDED = ["bodies", "headers", "queryStrings"];

function added(parameters: Value): readonly Value[] {
  const [own] = list(at(list(parameters)[0], "invocationHttpParameters"));
  return ADDED.flatMap((where) => list(at(own, where)));
}

/** What events are sent to outside of AWS is a stranger's machine, on the other side of the internet. */
export const destinationTransport = resourcePolicy({
  name: "destination-transport",
  rule: "Events leave AWS by HTTPS only, and what a connection adds to them is kept as a secret.",
  severity: "high",
  mend: "give the API destination an https URL, and each parameter of its connection isValueSecret",
  types: [DESTINATION, CONNECTION],
  options: {},
  judge: ({ type, props }, report) => {
    if (type === DESTINATION) {
      if (!passes(props.invocationEndpoint, (url) => isText(url) && url.startsWith("https://"))) report("invocationEndpoint is not https");
      return;
    }
    for (const parameter of added(props.authParameters)) {
      if (!passes(at(parameter, "isValueSecret"), (secret) => secret === true))
        report("whoever may describe the connection reads what it adds to a request (isValueSecret)");
    }
  },
});
