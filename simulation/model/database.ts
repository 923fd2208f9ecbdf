/** What Aurora does by itself: moves come to their end, and a copy that was left behind is rebuilt. */
import { otherThan, REGIONS, type Move, type World } from "./world";

export interface Happening {
  readonly label: string;
  readonly world: World;
}

/** A failover ends with any prefix of the old writer's log: replication is asynchronous. The old copy takes writes on, until it is rebuilt. */
function endOfFailover(world: World, { to }: Move): Happening[] {
  const from = world.writer;
  const { log } = world.copies[from];
  return log.map((_, lost) => {
    const kept = log.slice(0, log.length - lost);
    const copies = {
      ...world.copies,
      [from]: { ...world.copies[from], leftBehind: true },
      [to]: { takesWrites: true, leftBehind: false, log: kept },
    };
    return {
      label: `database: ${to} is promoted, ${lost} of ${log.length} commits lost`,
      world: { ...world, writer: to, move: null, copies },
    };
  });
}

function endOfSwitchover(world: World, { to }: Move): Happening[] {
  const from = otherThan(to);
  const copies = {
    [from]: { takesWrites: false, leftBehind: false, log: [] },
    [to]: { takesWrites: true, leftBehind: false, log: world.copies[from].log },
  } as unknown as World["copies"];
  return [
    {
      label: `database: switched over to ${to}, nothing lost`,
      world: { ...world, writer: to, move: null, copies },
    },
  ];
}

/** Everything that the database may do next. */
export function databaseHappenings(world: World): Happening[] {
  const ends = world.move ? (world.move.kind === "failover" ? endOfFailover : endOfSwitchover)(world, world.move) : [];
  const rebuilt = REGIONS.filter((region) => world.copies[region].leftBehind).map((region) => ({
    label: `database: the copy in ${region} is rebuilt from the writer`,
    world: { ...world, copies: { ...world.copies, [region]: { takesWrites: false, leftBehind: false, log: [] } } },
  }));
  return [...ends, ...rebuilt];
}
