import { expect } from "chai";
import { ensureEmulator } from "../../lab/setup/emulator";
import { type ServiceModel, ServiceModels } from "../../lab/models/model";
import { modelledCall } from "../../lab/models/request";
import { violations } from "../../lab/models/violations";

describe("AWS's service models", () => {
  let models: ServiceModels;
  const of = (service: string): ServiceModel => {
    const model = models.of(service);
    if (model === undefined) throw new Error(`no model of ${service}`);
    return model;
  };
  const refused = (service: string, operation: string, input: object): string[] => {
    const { operations } = of(service);
    return violations(of(service), operations[operation]?.input?.shape ?? "", input);
  };

  before(() => {
    models = new ServiceModels(ensureEmulator(() => undefined));
  });

  it("refuse what is missing, too long, of another type, unknown, or none of what is listed", () => {
    expect(refused("dynamodb", "GetItem", { TableName: "t" })).to.deep.equal([
      "Value 'null' at 'Key' failed to satisfy constraint: Member must not be null",
    ]);
    expect(refused("states", "StartExecution", { stateMachineArn: "arn", name: "n".repeat(81) }).join()).to.match(
      /length less than or equal to 80/,
    );
    expect(refused("sqs", "SendMessage", { QueueUrl: "q", MessageBody: 1 }).join()).to.match(/'MessageBody' .* must be a string/);
    expect(refused("sqs", "SendMessage", { QueueUrl: "q", MessageBody: "b", Body: "b" }).join()).to.match(/'Body' .* is not known/);
    expect(refused("dynamodb", "PutItem", { TableName: "t", Item: {}, ReturnValues: "EVERYTHING" }).join()).to.match(/enum value set/);
    expect(refused("events", "PutEvents", { Entries: [] }).join()).to.match(/length greater than or equal to 1/);
    expect(refused("dynamodb", "PutItem", { TableName: "t", Item: { a: { S: "x", N: "1" } } }).join()).to.match(/exactly one|^$/);
  });

  it("take what is right", () => {
    expect(refused("dynamodb", "GetItem", { TableName: "table", Key: { id: { S: "x" } }, ConsistentRead: true })).to.deep.equal([]);
    expect(
      refused("rds-data", "ExecuteStatement", {
        resourceArn: "arn:aws:rds:us-east-1:000000000000:cluster:c",
        secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:s",
        sql: "select 1",
      }),
    ).to.deep.equal([]);
  });

  it("tell the operation and its parameters from requests of each protocol", () => {
    const call = (service: string, method: string, url: string, body = "", headers = {}) => {
      const found = modelledCall(of(service), { method, url, headers, body: Buffer.from(body) });
      return found && [found.operation.name, found.input];
    };
    expect(call("sqs", "POST", "/", '{"QueueUrl":"q"}', { "x-amz-target": "AmazonSQS.ReceiveMessage" })).to.deep.equal([
      "ReceiveMessage",
      { QueueUrl: "q" },
    ]);
    expect(call("lambda", "GET", "/2015-03-31/functions/intake/configuration?Qualifier=live")).to.deep.equal([
      "GetFunctionConfiguration",
      { FunctionName: "intake", Qualifier: "live" },
    ]);
    expect(call("rds-data", "POST", "/BeginTransaction", '{"resourceArn":"a"}')).to.deep.equal(["BeginTransaction", { resourceArn: "a" }]);
    const form = "Action=FailoverGlobalCluster&Version=2014-10-31&GlobalClusterIdentifier=g&AllowDataLoss=true";
    expect(call("rds", "POST", "/", form)).to.deep.equal(["FailoverGlobalCluster", { GlobalClusterIdentifier: "g", AllowDataLoss: true }]);
    const filters =
      "Action=DescribeDBClusters&Filters.Filter.1.Name=db-cluster-id&Filters.Filter.1.Values.Value.1=a&Filters.Filter.1.Values.Value.2=b";
    expect(call("rds", "POST", "/", filters)).to.deep.equal([
      "DescribeDBClusters",
      { Filters: [{ Name: "db-cluster-id", Values: ["a", "b"] }] },
    ]);
    expect(call("s3", "PUT", "/audit/trades/2030/a.json?x-id=PutObject")).to.deep.equal([
      "PutObject",
      { Bucket: "audit", Key: "trades/2030/a.json" },
    ]);
    expect(call("s3", "PUT", "/audit?replication")).to.deep.equal(["PutBucketReplication", { Bucket: "audit" }]);
  });
});
