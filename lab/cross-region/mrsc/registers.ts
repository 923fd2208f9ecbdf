/** The proposer: changes one item at a time, with the consent of two of three replicas. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Acceptor, Ballot, Item, Vote } from "./acceptor";
import type { Peer, Request } from "./wire";

/** The result of a change; `item` undefined: unchanged. */
export interface Outcome<T> {
  readonly item?: Item;
  readonly answer: T;
}

export class NoQuorum extends Error {
  override readonly name = "NoQuorum";
}
export class Conflict extends Error {
  override readonly name = "Conflict";
}

const QUORUM = 2;
/** After so many collisions with another proposer the caller is told, as AWS does with ReplicatedWriteConflictException. */
const COLLISIONS = 12;
const PROPOSERS = 8;

export class Registers {
  private round = Date.now();

  constructor(
    private readonly proposer: number,
    private readonly own: Acceptor,
    private readonly peers: readonly Peer[],
    private readonly learned: (register: string, ballot: Ballot, item: Item) => void,
  ) {}

  /**
   * Applies `change` to the item's current value, linearizably.
   * @throws {NoQuorum} fewer than two replicas answered: the outcome is unknown
   * @throws {Conflict} other proposers were always faster: nothing was changed
   */
  async change<T>(register: string, change: (item: Item) => Outcome<T> | Promise<Outcome<T>>): Promise<T> {
    for (let collision = 0; collision < COLLISIONS; collision++) {
      const ballot = ++this.round * PROPOSERS + this.proposer;
      const promises = await this.poll({ kind: "prepare", register, ballot }, () => this.own.prepare(register, ballot));
      if (promises.refusedAt !== undefined) {
        await this.giveWay(promises.refusedAt, collision);
        continue;
      }
      const newest = promises.votes.reduce((a, b) => (b.accepted > a.accepted ? b : a));
      const { item, answer } = await change(newest.item);
      // A quorum that agrees on the newest value shows that it was chosen; a change that changes nothing needs no second round then.
      const chosen = promises.votes.filter((vote) => vote.accepted === newest.accepted).length >= QUORUM;
      if (item === undefined && chosen) {
        this.learned(register, newest.accepted, newest.item);
        return answer;
      }
      const value = item === undefined ? newest.item : item;
      const accepts = await this.poll({ kind: "accept", register, ballot, item: value }, () => this.own.accept(register, ballot, value));
      if (accepts.refusedAt !== undefined) {
        // Another proposer came in between. It may have seen this value and carried it on, so this change must not be made a second time blindly:
        // the next round starts from what is there.
        if (item !== undefined) throw new NoQuorum("the outcome of this write is unknown");
        await this.giveWay(accepts.refusedAt, collision);
        continue;
      }
      this.learned(register, ballot, value);
      for (const peer of this.peers) peer.tell({ kind: "learn", register, ballot, item: value });
      return answer;
    }
    throw new Conflict("the item is being written elsewhere");
  }

  /** Asks all three at once; two consents are enough, two refusals are too. */
  private poll(request: Request, own: () => Vote): Promise<{ votes: Vote[]; refusedAt?: Ballot }> {
    return new Promise((resolve, reject) => {
      const votes: Vote[] = [];
      let refused = 0;
      let refusedAt = 0;
      let silent = 0;
      const count = (vote: Vote): void => {
        if (vote.ok) votes.push(vote);
        else {
          refused += 1;
          refusedAt = Math.max(refusedAt, vote.promised);
        }
        decide();
      };
      const decide = (): void => {
        if (votes.length >= QUORUM) resolve({ votes: [...votes] });
        else if (refused > 0 && votes.length + refused + silent >= this.peers.length + 1) resolve({ votes: [], refusedAt });
        else if (refused >= QUORUM) resolve({ votes: [], refusedAt });
        else if (silent >= QUORUM) reject(new NoQuorum("fewer than two of three replicas answered"));
      };
      for (const peer of this.peers) {
        peer.ask<Vote>(request).then(count, () => {
          silent += 1;
          decide();
        });
      }
      // A region that is cut off still has its own replica: one vote, which is no quorum.
      count(own());
    });
  }

  private async giveWay(promised: Ballot, collision: number): Promise<void> {
    this.round = Math.max(this.round, Math.floor(promised / PROPOSERS) + 1);
    await sleep(Math.random() * 3 * 2 ** Math.min(collision, 5));
  }
}
