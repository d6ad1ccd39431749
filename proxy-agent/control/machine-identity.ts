import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { OffloadError } from "../contract/errors";
import { atomicWrite } from "./store/atomic-write";

/** Not the machine's id itself, which other programs may use as a secret of theirs (machine-id(5)). */
const PURPOSE = "tls-offload machine ";
const HASH = /^[0-9a-f]{64}$/;
/** The variable is for tests, which have one machine. */
const MACHINE_ID_FILE = process.env.TLS_OFFLOAD_MACHINE_ID_FILE ?? "/etc/machine-id";

/**
 * Tells a host from a copy of its disk. The copy serves what the disk says, and takes no change until somebody says
 * that it is the host now: otherwise two machines would be one host.
 */
export class MachineIdentity {
  readonly #file: string;
  /** undefined: this machine has no id, and nothing is checked. */
  readonly #own: string | undefined;
  #recorded: string | undefined;

  constructor(file: string, hasObjects: boolean, machineIdFile = MACHINE_ID_FILE) {
    this.#file = file;
    this.#own = machineHash(machineIdFile);
    this.#recorded = readHash(file);
    // An agent that serves nothing yet may be part of an image that many machines start from.
    if (this.#recorded === undefined || !hasObjects) {
      try {
        this.adopt();
      } catch {
        // The disk refuses now: nothing is known against this machine.
        this.#recorded = this.#own;
      }
    }
  }

  get isCloned(): boolean {
    return this.#own !== undefined && this.#recorded !== this.#own;
  }

  /** This machine is the host from now on. Throws STATE_NOT_WRITABLE. */
  adopt(): void {
    if (this.#own === undefined || this.#recorded === this.#own) return;
    try {
      atomicWrite(this.#file, this.#own, 0o600);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const parameters = { directory: dirname(this.#file), detail };
      throw new OffloadError("STATE_NOT_WRITABLE", "", parameters, { cause: error });
    }
    this.#recorded = this.#own;
  }
}

/** Tells this machine from others; undefined: it has no id. */
export function machineHash(machineIdFile = MACHINE_ID_FILE): string | undefined {
  const id = read(machineIdFile);
  return id === "" || id === "uninitialized"
    ? undefined
    : createHash("sha256")
        .update(PURPOSE + id)
        .digest("hex");
}

/** undefined: there is none, or a damaged one. */
function readHash(file: string): string | undefined {
  const text = read(file);
  return HASH.test(text) ? text : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
