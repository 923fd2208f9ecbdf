/**
 * The trade service: the region's API and its settlement in one process, for the topologies that run servers. The other functions of a site
 * (sentinel, reconciler, the steps of a move) stay Lambda functions: they must run where a server can't.
 */
import { SQSClient } from "@aws-sdk/client-sqs";
import closeWithGrace from "close-with-grace";
import { limits } from "../handlers/adapters/clients";
import { systemClock } from "../handlers/adapters/clock";
import { log } from "../handlers/adapters/log";
import { drain, DRAIN_MS } from "./drain";
import { serverEnvironment } from "./environment";
import { Admission } from "./http/admission";
import { tradeAnswers } from "./http/answers";
import { tradeApp } from "./http/app";
import { ownLedger } from "./ledger/own-ledger";
import { serverPorts } from "./ports";
import { tally } from "./http/tally";
import { POLL_SECONDS, settler } from "./queue/settler";

async function main(): Promise<void> {
  const env = serverEnvironment(process.env);
  const ledger = ownLedger(env);
  const { queueUrl, metrics, access, answering, settling } = serverPorts(ledger.as);
  const shed = tally((reasons) => {
    log.warn("requests were turned away", reasons);
    metrics.put(
      "RequestsShed",
      Object.values(reasons).reduce<number>((sum, count = 0) => sum + count, 0),
    );
  });
  const trades = tally<"TradesAsked" | "TradesFailed">((counts) => {
    for (const name of ["TradesAsked", "TradesFailed"] as const) metrics.put(name, counts[name] ?? 0);
  });
  let draining = false;
  const isDraining = (): boolean => draining;

  const app = tradeApp({
    answers: tradeAnswers({ ...answering, isDraining }),
    access,
    admission: new Admission({ atOnce: env.REQUESTS_AT_ONCE, atOnceOfOneCaller: Math.ceil(env.REQUESTS_AT_ONCE / 2) }),
    log,
    shed,
    traded: (status) => {
      trades("TradesAsked");
      if (status >= 500) trades("TradesFailed");
    },
    isDraining,
  });
  const settlement = settler({
    sqs: new SQSClient(limits(POLL_SECONDS * 1_000 + 2_000, 2)),
    queueUrl,
    ports: settling,
    clock: systemClock,
    batchesAtOnce: env.BATCHES_AT_ONCE,
  });

  closeWithGrace(
    { delay: DRAIN_MS, logger: { error: (message: unknown) => log.error("the server did not stop well", { message }) } },
    async ({ err, signal }) => {
      if (err) log.error("the server fails and is stopped", { error: err });
      else log.info("the server is asked to stop", { signal });
      await drain({
        begin: () => (draining = true),
        stopSettling: settlement.stop,
        stopServing: () => app.close(),
        closeLedger: ledger.close,
        clock: systemClock,
        log,
      });
    },
  );

  // The settlement begins with the first answer, not before: a server that can't listen must take no messages.
  const address = await app.listen({ host: env.HOST, port: env.PORT });
  settlement.start();
  log.info("the server listens", { address });
}

main().catch((error: unknown) => {
  log.error("the server does not start", { error });
  process.exitCode = 1;
});
