/** These trades' events were not taken by the bus; those of all others given with them were. */
export class NotAnnounced extends Error {
  override readonly name = "NotAnnounced";

  constructor(
    readonly tradeIds: ReadonlySet<string>,
    reason: string,
  ) {
    super(`${tradeIds.size} trade events were not taken: ${reason}`);
  }
}
