import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import { delegatedServers } from "../dns/delegation";
import { fqdn } from "../dns/name";
import { readTxt, textsSeen } from "../dns/resolve";
import { serverText } from "../dns/query";
import type { DnsServerAddress } from "../dns/transport";
import { addressesOf } from "../dns/rfc2136/reach";
import { poll } from "../fleet/deadline";
import type { ZoneSurroundings } from "../zone/operation";
import type { DomainInputs } from "./schema";
import { verificationOf } from "./verification";

const RETRY_SECONDS = 1;

/**
 * Waits until the zone's own servers answer with the verification record. Throws DOMAIN_NOT_VERIFIED with what they
 * said at last.
 */
export async function awaitText(inputs: DomainInputs, around: ZoneSurroundings): Promise<void> {
  const { log, deadline, hidden } = around;
  const { domainName, timeoutSeconds } = inputs;
  const { rr, value } = verificationOf(domainName, hidden.owner);
  const name = fqdn(rr, domainName);
  const servers = await serversOf(around);
  const where = servers.map(serverText).join(", ");
  if (inputs.verificationMethod === "manual") {
    log.info(
      `waiting for a record that you publish: ${name}. ${LIMITS.verificationTtlSeconds} IN TXT "${value}"`,
    );
  }
  let refusal: Refusal | null = null;
  const seen = await poll(
    async () => {
      refusal = await refusalAt(servers, name, value);
      if (refusal === null) return true;
      const left = Math.ceil(deadline.remainingSeconds());
      log.progress(`waiting for TXT ${name} at ${where}, ${left} s more: ${refusal.seen}`);
      return undefined;
    },
    { seconds: timeoutSeconds, everySeconds: RETRY_SECONDS, deadline },
  );
  if (seen === true) return;
  const { server = where, seen: last = "nothing" } = (refusal as Refusal | null) ?? {};
  throw new OffloadError("DOMAIN_NOT_VERIFIED", "", { domainName, server, fqdn: name, value, seen: last });
}

/** Whether it is there just now. Never throws. */
export async function seesText(inputs: DomainInputs, around: ZoneSurroundings): Promise<boolean> {
  const { rr, value } = verificationOf(inputs.domainName, around.hidden.owner);
  const name = fqdn(rr, inputs.domainName);
  const servers = await serversOf(around).catch((): DnsServerAddress[] => []);
  return (await refusalAt(servers, name, value)) === null;
}

interface Refusal {
  readonly server: string;
  readonly seen: string;
}

/** null: at least one server has it, and none that answers lacks it. */
async function refusalAt(
  servers: readonly DnsServerAddress[],
  name: string,
  value: string,
): Promise<Refusal | null> {
  const answers = await Promise.all(
    servers.map(async (server) => {
      const seen = await readTxt({ servers: [server], name }).then(
        (texts) => (texts.includes(value) ? null : textsSeen(texts)),
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      return { server: serverText(server), seen };
    }),
  );
  const lacking = answers.find(({ seen }) => typeof seen === "string");
  if (lacking !== undefined) return { server: lacking.server, seen: String(lacking.seen) };
  if (answers.some(({ seen }) => seen === null)) return null;
  const [silent] = answers;
  const seen = silent?.seen instanceof Error ? silent.seen.message : "no answer";
  return { server: silent?.server ?? "", seen };
}

/** Those to which the world is sent; where nobody is sent, the primary itself. */
async function serversOf({ primary }: ZoneSurroundings): Promise<readonly DnsServerAddress[]> {
  const delegated = await delegatedServers(primary.zone);
  if (delegated.length > 0) return delegated;
  return (await addressesOf(primary)).slice(0, 1);
}
