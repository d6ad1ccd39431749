import { STATE_FILES } from "../contract/api";
import type { OffloadError } from "../contract/errors";
import { serveApi, type ApiServer } from "../http/server";
import type { Logger } from "../process/log";
import { DNS_API } from "./interface";
import { DnsServer } from "./server";
import { makeClientHello } from "./serving/client-hello";
import { probe } from "./serving/probe";

export interface DnsOptions {
  readonly stateDir: string;
  readonly log: Logger;
}

/**
 * The agent's DNS process. Binds nothing and serves no zone until control pushes a configuration. The caller holds
 * the role "dns".
 */
export async function runDns({ stateDir, log }: DnsOptions): Promise<ApiServer> {
  const clientHello = await makeClientHello();
  const server = new DnsServer({
    probe: (endpoint) => probe(endpoint, clientHello),
    failed: (error) => {
      log.error("a DNS query or socket failed", {
        error: error instanceof Error ? error.message : "unknown",
      });
    },
    turned: ({ address, serves, given, detail }) => {
      if (serves) log.info("an address serves again", { address });
      else log.warn("an address does not serve", { address, given, detail });
    },
  });
  const api = await serveApi({
    table: DNS_API,
    stateDir,
    socket: STATE_FILES.dnsSocket,
    mode: 0o600,
    log,
    handlers: {
      validate: async ({ configuration }) => problemsOf(await server.validate(configuration)),
      apply: async ({ configuration, strict }) => {
        const problems = await server.apply(configuration, strict);
        for (const problem of problems) {
          log.warn("cannot listen for DNS queries", { problem: problem.message });
        }
        return problemsOf(problems);
      },
      observe: () => server.observe(),
      counters: () => server.counters(),
    },
  });
  return {
    close: async () => {
      await Promise.all([api.close(), server.close()]);
    },
  };
}

function problemsOf(errors: readonly OffloadError[]): {
  problems: { code: string; parameters: Record<string, string | number> }[];
} {
  return { problems: errors.map(({ code, parameters }) => ({ code, parameters: { ...parameters } })) };
}
