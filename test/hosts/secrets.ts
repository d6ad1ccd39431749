import { readdirSync, readFileSync } from "node:fs";
import { HOST_LAYOUT } from "../../proxy-agent/contract/host-layout";
import type { TestHost } from "../support/hosts";
import type { HostsSite } from "./site";

const POLL_MILLISECONDS = 20;

export interface SecretWatch {
  /** Looks at everything that stays, too. Names the places where a secret was seen. */
  readonly stop: () => Promise<{ readonly looked: boolean; readonly found: readonly string[] }>;
}

/**
 * Looks for the certificate's key, the SSH key and the password in the command lines and environments of all
 * processes of the hosts, over and over; in the end in journals, in what the agent answers and in the stack's state.
 */
export function watchForSecrets({ hosts, site, project }: HostsSite): SecretWatch {
  const secrets = [...linesOf(site.key), ...linesOf(hosts.privateKey)];
  if (secrets.length < 4) throw new Error("There is nothing to look for");
  const found = new Set<string>();
  const searched = (place: string, text: string): void => {
    for (const secret of secrets)
      if (text.includes(secret)) found.add(`${secret.slice(0, 6)}... in ${place}`);
  };
  let commands = 0;
  const timer = setInterval(() => {
    for (const host of hosts.all) {
      for (const [pid, text] of processTexts(host)) {
        if (text.includes("tls-offload")) commands += 1;
        searched(`${host.name}, process ${pid}: ${text.slice(0, 80)}`, text);
      }
    }
  }, POLL_MILLISECONDS);
  return {
    stop: async () => {
      clearInterval(timer);
      for (const host of hosts.all) {
        searched(`${host.name}'s journal`, await host.sh("journalctl --no-pager --output=verbose"));
        for (const call of ["facts", "document", "observed", "metrics"]) {
          searched(`${host.name}'s answer to ${call}`, await ask(host, call));
        }
      }
      searched("the state", project.stateText());
      return { looked: commands > 0, found: [...found] };
    },
  };
}

/** All but the first line and the last, which are the same for every key. */
function linesOf(pem: string): string[] {
  return pem
    .trim()
    .split("\n")
    .slice(1, -1)
    .filter((line) => line.length > 30)
    .slice(1);
}

function processTexts(host: TestHost): [string, string][] {
  const pids = readdirSync(host.path("/proc")).filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => [pid, `${read(host, pid, "cmdline")} ${read(host, pid, "environ")}`]);
}

function read(host: TestHost, pid: string, file: string): string {
  try {
    return readFileSync(host.path(`/proc/${pid}/${file}`), "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function ask(host: TestHost, call: string): Promise<string> {
  const request = `GET /v1/${call} HTTP/1.1\\r\\nhost: agent\\r\\nconnection: close\\r\\n\\r\\n`;
  return host.sh(`printf '${request}' | ${HOST_LAYOUT.command} dial-stdio`);
}
