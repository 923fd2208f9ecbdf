import { join } from "node:path";
import { Acceptor } from "./acceptor";
import { serveAcceptor, WHOLE, type AcceptorServer } from "./wire";

/** AWS: a witness keeps what is needed for the quorum and serves no reads or writes of its own. Here: an acceptor and nothing else. */
export async function startWitness(directory: string, port: number): Promise<AcceptorServer> {
  const acceptor = new Acceptor(join(directory, "mrsc.log"));
  const server = await serveAcceptor(
    acceptor,
    port,
    () => WHOLE,
    () => undefined,
  );
  return {
    close: async () => {
      await server.close();
      acceptor.close();
    },
  };
}
