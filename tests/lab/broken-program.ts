/** A program with a wiring error: it grants an invocation of a function that nobody makes. */
import * as aws from "@pulumi/aws";

const provider = new aws.Provider("only", { region: "us-east-1" });
new aws.lambda.Permission(
  "dangling",
  { function: "no-such-function", action: "lambda:InvokeFunction", principal: "events.amazonaws.com" },
  { provider },
);
