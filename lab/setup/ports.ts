/**
 * Ports on 127.0.0.1 for what this machine runs. They lie below those that systems give to outgoing connections (Linux from 32,768, others from 49,152),
 * and a block is held by a listener on its last port, so that two labs never share one; the system frees it when its process ends, however it ends.
 */
import { createServer, type Server } from "node:net";

/** First port of the first block, and the end of the last. */
const FIRST = 20_000;
const END = 30_000;
/** Blocks that are searched begin at multiples of this. */
const STEP = 20;

export interface PortBlock {
  readonly base: number;
  /** Lets others have the block; what listens there must have ended. */
  release(): void;
}

/** Claims the ports `base` to `base + count` (the last is the guard). Throws an Error that names the port that is taken. */
export async function claimPorts(base: number, count: number): Promise<PortBlock> {
  const guard = await listen(base + count);
  try {
    for (let port = base; port < base + count; port += 1) (await listen(port)).close();
  } catch (error) {
    guard.close();
    throw error;
  }
  guard.unref();
  return { base, release: () => void guard.close() };
}

/** Claims the first free block at or after `from`, a port from 20,000 to 29,999; at random where none is given. */
export async function claimFreePorts(count: number, from = FIRST + Math.floor(Math.random() * (END - FIRST))): Promise<PortBlock> {
  if (count >= STEP) throw new Error(`a block has at most ${STEP - 1} ports, not ${count}`);
  const blocks = (END - FIRST) / STEP;
  const first = Math.ceil((from - FIRST) / STEP);
  let reason: unknown;
  for (let tried = 0; tried < blocks; tried += 1) {
    try {
      return await claimPorts(FIRST + ((first + tried) % blocks) * STEP, count);
    } catch (error) {
      reason = error;
    }
  }
  throw new Error(`no ${count} ports in a row are free on 127.0.0.1 between ${FIRST} and ${END}`, { cause: reason });
}

async function listen(port: number): Promise<Server> {
  return await new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(`port ${port} on 127.0.0.1 can't be used (${error.code === "EADDRINUSE" ? "it is in use" : error.message})`)),
    );
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });
}
