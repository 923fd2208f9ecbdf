/** The process of a region's front; leader of the region's processes. Started by region-process.ts with its configuration as the only argument. */
import { MrscNode } from "../cross-region/mrsc/node";
import { Replication } from "../cross-region/replication";
import { dataApiService } from "./aurora/data-api";
import { rdsService } from "./aurora/rds";
import { DataApiSessions } from "./aurora/sessions";
import { WHOLE, type Way } from "../cross-region/mrsc/wire";
import type { Command, CommandMessage, FrontConfig, FrontMessage, LinkState } from "./config";
import { RegionDatabase } from "./ledger/database";
import { Disturber } from "./disturber";
import { Emulator } from "./emulator";
import { Front } from "./front";
import { Gate } from "./gate";
import { LagMeter } from "./ledger/lag";
import { ServiceModels } from "../models/model";
import type { AccessFacts } from "../iam/facts";
import { RegionServers } from "./servers/servers";

const LOST: Way = { sends: false, hears: false };
const MUTE: Way = { sends: false, hears: true };
/** What a state of the links means for the ways to the other region and to the witness; `plane`: is the global database's control plane reached? */
const LINKS: Readonly<Record<LinkState, { readonly region: Way; readonly witness: Way; readonly plane: boolean }>> = {
  whole: { region: WHOLE, witness: WHOLE, plane: true },
  cut: { region: LOST, witness: LOST, plane: false },
  "cut-from-region": { region: LOST, witness: WHOLE, plane: true },
  "cut-from-witness": { region: WHOLE, witness: LOST, plane: true },
  mute: { region: MUTE, witness: MUTE, plane: false },
};

const config = JSON.parse(process.argv[2] ?? "{}") as FrontConfig;

function tell(message: FrontMessage): void {
  process.send?.(message);
}

async function main(): Promise<void> {
  const emulator = new Emulator(config);
  const sessions = new DataApiSessions((onLost) => database.server.session(onLost));
  const database: RegionDatabase = new RegionDatabase(config, () => sessions.reset());
  // The lab is gone: nothing of the region may survive it. (What is stopped or orphaned is the reaper's.)
  process.once("disconnect", () => {
    emulator.stop();
    void database.kill().finally(() => process.exit(0));
  });

  const journal = await MrscNode.start({
    proposer: config.site === "primary" ? 1 : 2,
    directory: config.directory,
    port: config.journalPort,
    peerPorts: config.journalPeerPorts,
  });
  const hooks = new Replication({
    region: config.region,
    peerRegion: config.peerRegion,
    emulatorPort: config.emulatorPort,
    peerPort: config.peerLinkPort,
  });
  const rds = rdsService(config);
  const lag = new LagMeter(config, database.server, () => rds.clusterIdentifier());
  const gate = new Gate(config.region, new ServiceModels(config.python), ({ kind, message }) =>
    tell({ kind: "refused", what: kind, message }),
  );
  const disturber = new Disturber();
  const servers = new RegionServers({
    config,
    refusal: (address, user, token) => gate.connectRefusal({ address, user, token, database: rds.resourceId() }),
    tell: (detail) => tell({ kind: "event", event: "servers", detail }),
  });
  const front = new Front({
    config,
    gate,
    disturber,
    servers,
    journal,
    hooks,
    own: { rds: rds.serve, "rds-data": dataApiService(sessions, () => rds.clusterArn()) },
    lab: {
      ...database.lab,
      access: (body) => gate.learn(JSON.parse(body) as AccessFacts),
    },
    onWired: async (wiring) => {
      await rds.wire(wiring.aurora);
      await servers.wire(wiring.servers);
    },
  });
  const setLinks = (state: LinkState): void => {
    const { region, witness, plane } = LINKS[state];
    journal.setWays({ region, witness });
    hooks.setPartition(region !== WHOLE);
    rds.setPartition(!plane);
  };

  const execute = async (command: Command): Promise<unknown> => {
    switch (command.kind) {
      case "status":
        return await database.status();
      case "promote":
        return await database.promote();
      case "seed":
        return await database.seed();
      case "hand-over":
        return await database.handOver();
      case "follow":
        return await database.follow();
      case "start-database":
        return await database.startAgain();
      case "kill-database":
        return await database.kill();
      case "freeze-database":
        return await database.server.freeze();
      case "thaw-database":
        return await database.server.thaw();
      case "links":
        return setLinks(command.state);
      case "reaches":
        return await journal.reaches(command.peer);
      case "disturb":
        return disturber.set(command.disturbance);
      case "deny":
        return gate.deny(command.actions);
      case "stop":
        lag.close();
        await servers.end();
        front.close();
        emulator.stop();
        hooks.close();
        sessions.close();
        await database.server.stop();
        await journal.close();
        return undefined;
    }
  };
  process.on("message", ({ id, expiresAt, command }: CommandMessage) => {
    if (Date.now() > expiresAt) return;
    execute(command).then(
      (value) => tell({ kind: "answer", id, value }),
      (error: unknown) => tell({ kind: "answer", id, error: error instanceof Error ? error.message : String(error) }),
    );
  });

  await Promise.all([emulator.start(), database.start()]);
  lag.start();
  await front.listen();
  tell({ kind: "ready" });
}

// What goes wrong with one request must not look like the region's death: it is written to the front's log, and the front goes on.
for (const accident of ["uncaughtException", "unhandledRejection"] as const)
  process.on(accident, (error: unknown) => console.error(`front: ${accident}:`, error));

main().catch((error: unknown) => {
  tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  // The lab ends this process and all below it.
});
