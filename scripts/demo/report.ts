import { SITE_NAME, type Site } from "./settings";
import type { Resolution, Visit } from "./visit";

const LABEL_WIDTH = 13;

export function say(text = ""): void {
  process.stdout.write(text === "" ? "\n" : `${text}\n`);
}

export function done(what: string, detail: string): void {
  say(`  ✓ ${what}: ${detail}`);
}

/** "  Label        first line" with the further lines below the first. */
function row(label: string, lines: readonly string[]): void {
  lines.forEach((line, index) => {
    say(`  ${(index === 0 ? label : "").padEnd(LABEL_WIDTH)}${line}`);
  });
}

export function reportTest(resolution: Resolution, visits: readonly Visit[]): void {
  const [first] = visits;
  if (first === undefined) return;
  const { certificate } = first;
  const width = Math.max(...resolution.chain.map((name) => name.length));
  row("Name", [
    ...resolution.chain
      .slice(1)
      .map((to, index) => `${(resolution.chain[index] ?? "").padEnd(width)}  CNAME  ${to}`),
    ...resolution.addresses.map(
      (address) => `${(resolution.chain.at(-1) ?? "").padEnd(width)}  A      ${address}`,
    ),
  ]);
  row("Certificate", [
    `${certificate.subjectaltname ?? ""}, issued by ${String(certificate.issuer.CN)}`,
    `valid until ${new Date(certificate.valid_to).toISOString().slice(0, 10)}`,
    `SHA-256 ${certificate.fingerprint256}`,
  ]);
  row("TLS", unique(visits.map((visit) => `${visit.protocol}, ${visit.cipher}`)));
  row(`${visits.length} visits`, [tally(visits.map((visit) => visit.servedBy))]);
}

/** "ECS01 10 times, ECS02 10 times" */
function tally(names: readonly string[]): string {
  const times = (name: string): number => names.filter((each) => each === name).length;
  return unique(names)
    .sort()
    .map((name) => `${name} ${times(name)} times`)
    .join(", ");
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

export function sayHowToGoOn({ address, listenerPort, dnsPort }: Site): void {
  const url = `https://${SITE_NAME}:${listenerPort}`;
  say(`
  It goes on running.

  Look at it   dig @${address} -p ${dnsPort} ${SITE_NAME}
               curl --cacert .demo/ca.pem --resolve ${SITE_NAME}:${listenerPort}:${address} ${url}
               npm run pulumi -- stack output verified
  Browse it    trust .demo/ca.pem, put "${address} ${SITE_NAME}" into /etc/hosts, open ${url}
  Change it    edit examples/ssl-offload/index.ts, say the security policy, then
               npm run pulumi -- preview --diff
               npm run pulumi -- up
  Move it      npm run pulumi -- config set listenerPort ${listenerPort + 1000}
               npm start
  Stop it      npm stop`);
}
