import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STATE_FILES } from "tls-offload-agent/contract";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import type { TestHost } from "../support/hosts";
import type { PulumiProject } from "../support/pulumi-cli";
import { leaksIn, type Secret } from "../support/secret-forms";
import type { HostsSite } from "./site";

const POLL_MILLISECONDS = 20;
/** Of a command in which a secret was. */
const SHOWN_CHARACTERS = 80;
/** Larger files are programs. */
const FILE_BYTES_MAX = 8 * 1024 ** 2;
const KEYS = `${HOST_LAYOUT.stateDir}/${STATE_FILES.keys}`;

/** Looks for secrets wherever somebody could read them who may not have them. */
export interface SecretWatch {
  /** Looks at all that stays on the hosts: files that they wrote, journals, what their agents answer. */
  readonly lookAtHosts: () => Promise<void>;
  /**
   * Looks at all that was printed and written where Pulumi runs, and tells where secrets were seen so far, and how many
   * processes of agents were looked at.
   */
  readonly report: () => { readonly found: readonly string[]; readonly processes: number };
  readonly stop: () => void;
}

/** From now on, over and over: command lines and environments of all processes, here and on the hosts. */
export function watchForSecrets({ hosts, project }: HostsSite, secrets: readonly Secret[]): SecretWatch {
  const found = new Set<string>();
  const search = (places: Readonly<Record<string, string>>): void => {
    for (const leak of leaksIn(places, secrets)) found.add(leak);
  };
  const processes = new Processes();
  const timer = setInterval(() => {
    search(processes.fresh());
  }, POLL_MILLISECONDS);
  return {
    lookAtHosts: async () => {
      for (const host of hosts.all) {
        search(await placesOn(host));
        const keys = await filesOn(host, KEYS);
        if (leaksIn(keys, secrets).length === 0)
          throw new Error(`${host.name}: the search finds no key in ${KEYS}`);
      }
    },
    report: () => {
      search({ "what Pulumi printed": project.printed(), ...filesIn(project) });
      return { found: [...found], processes: processes.ofAgents };
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** This machine sees the processes of its test hosts, too. */
class Processes {
  readonly #seen = new Map<string, string>();
  ofAgents = 0;

  /** Command line and environment of those that came, or became another program, since the last look. */
  fresh(): Record<string, string> {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const entries = pids.flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`);
      if (this.#seen.get(pid) === command) return [];
      this.#seen.set(pid, command);
      if (command.includes(HOST_LAYOUT.root)) this.ofAgents += 1;
      const shown = command.replaceAll("\0", " ").slice(0, SHOWN_CHARACTERS);
      return [[`process ${pid}: ${shown}`, `${command} ${read(`/proc/${pid}/environ`)}`]];
    });
    return Object.fromEntries(entries) as Record<string, string>;
  }
}

async function placesOn(host: TestHost): Promise<Record<string, string>> {
  const places = await filesOn(host, "/");
  places[`${host.name}'s journal`] = await host.sh("journalctl --no-pager --output=verbose");
  for (const call of ["facts", "document", "observed", "metrics"]) {
    places[`${host.name}'s answer to ${call}`] = await ask(host, call);
  }
  return places;
}

/** What was written below a folder since the host's first boot; below "/", without the agent's own keys. */
async function filesOn(host: TestHost, folder: string): Promise<Record<string, string>> {
  const elsewhere = "-path /proc -o -path /sys" + (folder === KEYS ? "" : ` -o -path ${KEYS}`);
  const written = `-type f -newer /etc/machine-id -size -${FILE_BYTES_MAX}c`;
  const found = await host.sh(`find ${folder} \\( ${elsewhere} \\) -prune -o ${written} -print`);
  const files = found.split("\n").filter((file) => file !== "");
  return Object.fromEntries(files.map((file) => [`${host.name}: ${file}`, read(host.path(file))]));
}

/** Of the project, with state and Pulumi's own files. The program's input is where the secrets come from. */
function filesIn({ directory }: PulumiProject): Record<string, string> {
  const files = readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== join(directory, "site.json"));
  return Object.fromEntries(files.map((file) => [file, read(file)]));
}

function ask(host: TestHost, call: string): Promise<string> {
  const request = `GET /v1/${call} HTTP/1.1\\r\\nhost: agent\\r\\nconnection: close\\r\\n\\r\\n`;
  return host.sh(`printf '${request}' | ${HOST_LAYOUT.command} dial-stdio`);
}

/** Empty: it is gone meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
