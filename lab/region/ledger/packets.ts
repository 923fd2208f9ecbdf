/** Whole messages of a connection, one by one. */
import type { Socket } from "node:net";

/** How many bytes the next message has, told by what has come of it; undefined: not known yet. */
export type Measure = (got: Buffer) => number | undefined;

export type Read = (measure: Measure) => Promise<Buffer>;

export function reader(socket: Socket): Read {
  return async (measure) => {
    let got = Buffer.alloc(0);
    for (;;) {
      const whole = measure(got) ?? Infinity;
      if (got.length >= whole) {
        if (got.length > whole) socket.unshift(got.subarray(whole));
        return got.subarray(0, whole);
      }
      const chunk = socket.read() as Buffer | null;
      if (chunk !== null) got = Buffer.concat([got, chunk]);
      else
        await new Promise<void>((resolve, reject) => {
          const gone = (): void => reject(new Error("the other end has gone"));
          socket.once("close", gone);
          socket.once("readable", () => {
            socket.off("close", gone);
            resolve();
          });
        });
    }
  };
}
