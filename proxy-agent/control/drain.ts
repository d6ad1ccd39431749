import { readFileSync, rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { OffloadError } from "../contract/errors";
import type { SpecOf } from "../contract/object";
import { errnoOf } from "../process/errno";
import { atomicWrite, syncDirectory } from "./store/atomic-write";

const markSchema = z.object({ reason: z.string() });

/** Taken out of service by a person. Why, as they said; may be empty. */
export type DrainMark = z.infer<typeof markSchema>;

/** Whether this host is drained by hand: a file in the state directory, so that it outlives restarts and upgrades. */
export class Drain {
  readonly #file: string;
  #mark: DrainMark | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#mark = readMark(file);
  }

  /** undefined: it is in service. */
  get mark(): DrainMark | undefined {
    return this.#mark;
  }

  /** Throws STATE_NOT_WRITABLE, and then all is as before. */
  set(mark: DrainMark | undefined): void {
    try {
      writeMark(this.#file, mark);
    } catch (error) {
      // It may have failed after the file was there, or gone: a restart must not bring what was answered with an error.
      this.#takeBack();
      const detail = error instanceof Error ? error.message : String(error);
      const parameters = { directory: dirname(this.#file), detail };
      throw new OffloadError("STATE_NOT_WRITABLE", "", parameters, { cause: error });
    }
    this.#mark = mark;
  }

  #takeBack(): void {
    try {
      writeMark(this.#file, this.#mark);
    } catch {
      // The disk refuses the same step again, which has had its effect on the file's name by then.
    }
  }
}

function writeMark(file: string, mark: DrainMark | undefined): void {
  if (mark === undefined) {
    rmSync(file, { force: true });
    syncDirectory(dirname(file));
  } else {
    atomicWrite(file, JSON.stringify(mark), 0o600);
  }
}

/** A file that cannot be understood still says that somebody took the host out of service. */
function readMark(file: string): DrainMark | undefined {
  try {
    return markSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? undefined : { reason: "" };
  }
}

/**
 * The load balancer's addresses without this host's own, unless there are no others: then the name goes on leading
 * here, because a name without an address is worse than a refused connection. Behind NAT a host does not know its own.
 */
export function addressesElsewhere({
  bindAddresses,
  publishedAddresses,
}: Pick<SpecOf<"loadBalancer">, "bindAddresses" | "publishedAddresses">): readonly string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const own = new Set([...bindAddresses, ...interfaces.map(({ address }) => address)]);
  const others = publishedAddresses.filter((address) => !own.has(address));
  return others.length === 0 ? publishedAddresses : others;
}
