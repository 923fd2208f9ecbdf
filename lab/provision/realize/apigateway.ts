/** API Gateway, REST (v1): the data plane answers at the stage's URL on the region's front. */
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { createHash } from "node:crypto";
import { arn, unlessThere, type Realized, type RealizeContext, type RealizerTable } from "../context";
import { members, optionalFlag, optionalNumber, optionalText, text, textMap, texts, type Plain } from "../values";

/** API Gateway's ARNs carry no account. */
const apiArn = (region: string, path: string): string => arn("apigateway", region, path, "");

export const invokeUrl = (endpoint: string, api: string, stage: string): string => `${endpoint}/restapis/${api}/${stage}/_user_request_`;

/** The API's id derives from region and name, so that it is the same after the region was rebuilt and other regions' references stay right. */
const apiId = (region: string, name: string): string => createHash("sha256").update(`${region}/${name}`).digest("hex").slice(0, 10);

async function rootOf(context: RealizeContext, api: string): Promise<{ root: string; paths: Map<string, string> }> {
  const answer = await context.sdk(APIGatewayClient).send(new GetResourcesCommand({ restApiId: api, limit: 500 }));
  const paths = new Map((answer.items ?? []).map((item) => [item.path ?? "", item.id ?? ""]));
  return { root: paths.get("/") ?? "", paths };
}

async function restApi(context: RealizeContext, name: string, inputs: Plain): Promise<Realized> {
  const client = context.sdk(APIGatewayClient);
  const apiName = optionalText(inputs, "name") ?? name;
  const region = context.place.region;
  const id = apiId(region, apiName);
  await unlessThere(
    async () =>
      void (await client.send(
        new CreateRestApiCommand({
          name: apiName,
          description: optionalText(inputs, "description"),
          tags: { "ms-custom-id": id },
          binaryMediaTypes: texts(inputs, "binaryMediaTypes"),
        }),
      )),
    async () => void (await client.send(new GetRestApiCommand({ restApiId: id }))),
    "ConflictException",
    "BadRequestException",
  );
  const { root } = await rootOf(context, id);
  return {
    id,
    state: { name: apiName, rootResourceId: root, arn: apiArn(region, `/restapis/${id}`), executionArn: arn("execute-api", region, id) },
  };
}

async function resource(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const client = context.sdk(APIGatewayClient);
  const api = text(inputs, "restApi");
  const parent = text(inputs, "parentId");
  const part = text(inputs, "pathPart");
  const created = await unlessThere(
    async () => await client.send(new CreateResourceCommand({ restApiId: api, parentId: parent, pathPart: part })),
    async () => {
      const all = await client.send(new GetResourcesCommand({ restApiId: api, limit: 500 }));
      return (all.items ?? []).find((item) => item.parentId === parent && item.pathPart === part) ?? {};
    },
    "ConflictException",
  );
  const found = created as { id?: string; path?: string };
  if (found.id === undefined) throw new Error(`no id for resource ${part}`);
  return { id: found.id, state: { path: found.path ?? "" } };
}

const methodOf = (inputs: Plain): { restApiId: string; resourceId: string; httpMethod: string } => ({
  restApiId: text(inputs, "restApi"),
  resourceId: text(inputs, "resourceId"),
  httpMethod: text(inputs, "httpMethod"),
});

const methodId = (inputs: Plain): string => `${text(inputs, "restApi")}-${text(inputs, "resourceId")}-${text(inputs, "httpMethod")}`;

const flags = (inputs: Plain, key: string): Record<string, boolean> =>
  Object.fromEntries(
    Object.entries((inputs[key] as Plain | undefined) ?? {}).map(([name, value]) => [name, value === true || value === "true"]),
  );

async function integration(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  await context.sdk(APIGatewayClient).send(
    new PutIntegrationCommand({
      ...methodOf(inputs),
      type: text(inputs, "type") as "AWS_PROXY",
      integrationHttpMethod: optionalText(inputs, "integrationHttpMethod"),
      uri: optionalText(inputs, "uri"),
      credentials: optionalText(inputs, "credentials"),
      requestTemplates: textMap(inputs, "requestTemplates"),
      requestParameters: textMap(inputs, "requestParameters"),
      timeoutInMillis: optionalNumber(inputs, "timeoutMilliseconds"),
    }),
  );
  return { id: methodId(inputs), state: {} };
}

async function stage(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const client = context.sdk(APIGatewayClient);
  const api = text(inputs, "restApi");
  const stageName = text(inputs, "stageName");
  const deployment = text(inputs, "deployment");
  await unlessThere(
    async () =>
      void (await client.send(
        new CreateStageCommand({ restApiId: api, stageName, deploymentId: deployment, variables: textMap(inputs, "variables") }),
      )),
    async () =>
      void (await client.send(
        new UpdateStageCommand({
          restApiId: api,
          stageName,
          patchOperations: [{ op: "replace", path: "/deploymentId", value: deployment }],
        }),
      )),
    "ConflictException",
  );
  const region = context.place.region;
  return {
    id: `ags-${api}-${stageName}`,
    state: {
      arn: apiArn(region, `/restapis/${api}/stages/${stageName}`),
      executionArn: arn("execute-api", region, `${api}/${stageName}`),
      invokeUrl: invokeUrl(context.place.endpoint, api, stageName),
    },
  };
}

export const STAGE = "aws:apigateway/stage:Stage";

export const apigateway: RealizerTable = {
  "aws:apigateway/restApi:RestApi": restApi,
  "aws:apigateway/resource:Resource": resource,
  "aws:apigateway/method:Method": async (context, _name, inputs) => {
    await context.sdk(APIGatewayClient).send(
      new PutMethodCommand({
        ...methodOf(inputs),
        // Callers of the lab's API do not sign; authorisation by IAM is checked by policy on what is registered. A key is asked for as registered.
        authorizationType: "NONE",
        apiKeyRequired: optionalFlag(inputs, "apiKeyRequired") ?? false,
        requestParameters: flags(inputs, "requestParameters"),
        requestModels: textMap(inputs, "requestModels"),
        requestValidatorId: optionalText(inputs, "requestValidatorId"),
      }),
    );
    return { id: methodId(inputs), state: {} };
  },
  "aws:apigateway/integration:Integration": integration,
  "aws:apigateway/methodResponse:MethodResponse": async (context, _name, inputs) => {
    await context.sdk(APIGatewayClient).send(
      new PutMethodResponseCommand({
        ...methodOf(inputs),
        statusCode: text(inputs, "statusCode"),
        responseParameters: flags(inputs, "responseParameters"),
      }),
    );
    return { id: `${methodId(inputs)}-${text(inputs, "statusCode")}`, state: {} };
  },
  "aws:apigateway/integrationResponse:IntegrationResponse": async (context, _name, inputs) => {
    await context.sdk(APIGatewayClient).send(
      new PutIntegrationResponseCommand({
        ...methodOf(inputs),
        statusCode: text(inputs, "statusCode"),
        selectionPattern: optionalText(inputs, "selectionPattern"),
        responseTemplates: textMap(inputs, "responseTemplates"),
        responseParameters: textMap(inputs, "responseParameters"),
      }),
    );
    return { id: `${methodId(inputs)}-${text(inputs, "statusCode")}`, state: {} };
  },
  "aws:apigateway/response:Response": async (context, _name, inputs) => {
    const api = text(inputs, "restApiId");
    await context.sdk(APIGatewayClient).send(
      new PutGatewayResponseCommand({
        restApiId: api,
        responseType: text(inputs, "responseType") as "DEFAULT_4XX",
        statusCode: optionalText(inputs, "statusCode"),
        responseTemplates: textMap(inputs, "responseTemplates"),
        responseParameters: textMap(inputs, "responseParameters"),
      }),
    );
    return { id: `aggr-${api}-${text(inputs, "responseType")}`, state: {} };
  },
  "aws:apigateway/requestValidator:RequestValidator": async (context, name, inputs) => {
    const created = await context.sdk(APIGatewayClient).send(
      new CreateRequestValidatorCommand({
        restApiId: text(inputs, "restApi"),
        name: optionalText(inputs, "name") ?? name,
        validateRequestBody: optionalFlag(inputs, "validateRequestBody"),
        validateRequestParameters: optionalFlag(inputs, "validateRequestParameters"),
      }),
    );
    return { id: created.id ?? "", state: {} };
  },
  "aws:apigateway/model:Model": async (context, name, inputs) => {
    const modelName = optionalText(inputs, "name") ?? name;
    const model = {
      restApiId: text(inputs, "restApi"),
      name: modelName,
      contentType: text(inputs, "contentType"),
      schema: optionalText(inputs, "schema"),
    };
    await unlessThere(
      async () => void (await context.sdk(APIGatewayClient).send(new CreateModelCommand(model))),
      async () => undefined,
      "ConflictException",
    );
    return { id: modelName, state: { name: modelName } };
  },
  "aws:apigateway/deployment:Deployment": async (context, _name, inputs) => {
    const created = await context.sdk(APIGatewayClient).send(new CreateDeploymentCommand({ restApiId: text(inputs, "restApi") }));
    return { id: created.id ?? "", state: { createdDate: "2025-01-01T00:00:00Z" } };
  },
  [STAGE]: stage,
  "aws:apigateway/apiKey:ApiKey": async (context, name, inputs) => {
    const created = await context
      .sdk(APIGatewayClient)
      .send(new CreateApiKeyCommand({ name: optionalText(inputs, "name") ?? name, value: optionalText(inputs, "value"), enabled: true }));
    return {
      id: created.id ?? "",
      state: { value: created.value ?? "", arn: apiArn(context.place.region, `/apikeys/${created.id ?? ""}`) },
    };
  },
  "aws:apigateway/usagePlan:UsagePlan": async (context, name, inputs) => {
    const stages = members(inputs, "apiStages").map((one) => ({ apiId: text(one, "apiId"), stage: text(one, "stage") }));
    const created = await context
      .sdk(APIGatewayClient)
      .send(new CreateUsagePlanCommand({ name: optionalText(inputs, "name") ?? name, apiStages: stages }));
    return { id: created.id ?? "", state: { arn: apiArn(context.place.region, `/usageplans/${created.id ?? ""}`) } };
  },
  "aws:apigateway/usagePlanKey:UsagePlanKey": async (context, _name, inputs) => {
    const keyId = text(inputs, "keyId");
    await context
      .sdk(APIGatewayClient)
      .send(new CreateUsagePlanKeyCommand({ usagePlanId: text(inputs, "usagePlanId"), keyId, keyType: "API_KEY" }));
    return { id: keyId, state: {} };
  },
};
