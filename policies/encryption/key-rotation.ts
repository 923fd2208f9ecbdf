import { integer } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { KEY } from "../support/types";
import { isTrue, number, passes } from "../support/values";

/** A deleted key takes everything it encrypts with it. */
export const keyRotation = resourcePolicy({
  name: "key-rotation",
  rule: "Keys are rotated each year and can be taken back from deletion for long enough to be missed.",
  severity: "medium",
  mend: "set enableKeyRotation: true and deletionWindowInDays to at least the configured days",
  types: [KEY],
  options: { deletionWindowDays: integer(30, { minimum: 7, maximum: 30 }, "Least days between a key's deletion and its end.") },
  judge: ({ props }, report, { deletionWindowDays }) => {
    if (!passes(props.enableKeyRotation, isTrue)) report("enableKeyRotation is not true");
    if (!passes(props.deletionWindowInDays, (value) => (number(value) ?? (value === undefined ? 30 : 0)) >= deletionWindowDays)) {
      report(`deletionWindowInDays is less than ${deletionWindowDays}`);
    }
  },
});
