import type * as offload from "pulumi-tls-offload";
import { createAuthority, type Authority } from "../../scripts/demo/certificate-authority";
import { startBackend } from "../support/backend";
import { newKey, startBind, startKnot, type DnsPrimary, type TsigKey } from "../support/dns";
import { freePort } from "../support/free-port";
import { createPulumiProject, type PulumiProject } from "../support/pulumi-cli";

/** A zone as a program declares it: all of it plain text. */
export interface ZoneWay {
  readonly server: string;
  readonly port: number;
  readonly zone: string;
  readonly keyName: string;
  readonly keySecret: string;
}

/** What programs/zone.ts makes its resources of. */
export interface ZoneSite {
  readonly stateDir: string;
  readonly dnsName: string;
  readonly zones: { readonly bind: ZoneWay; readonly knot: ZoneWay };
  readonly listenerPort: number;
  readonly servers: readonly offload.ServerArgs[];
  readonly cert: string;
  readonly key: string;
  /** `www` in both zones. Without a value it leads to the listener. */
  readonly record: { readonly value?: string; readonly ttl: number };
  /** More of them, by their names. */
  readonly domains: Readonly<Record<string, offload.DomainArgs>>;
  readonly records: Readonly<Record<string, Omit<offload.CnameRecordArgs, "value">>>;
  /** Names of load balancers, by the resources' names. */
  readonly balancers: Readonly<Record<string, string>>;
}

/** A project for programs/zone.ts, with a real BIND and a real Knot. */
export interface ZoneProject {
  readonly project: PulumiProject;
  readonly authority: Authority;
  readonly bind: DnsPrimary;
  readonly knot: DnsPrimary;
  /** A key that BIND knows, and that may not change the zone. */
  readonly reader: TsigKey;
  readonly site: ZoneSite;
  /** Writes site.json; what is not given is as at first. */
  readonly configure: (changes?: Partial<ZoneSite>) => void;
}

/** What others have in both zones. */
const OTHERS = [
  "also CNAME web.lb.example.test.",
  "taken CNAME elsewhere.example.net.",
  "full A 192.0.2.1",
  "owned CNAME elsewhere.example.net.",
  '_offload-owner.owned TXT "heritage=pulumi-tls-offload,incarnation=1,owner=shop/live/CnameRecord/www"',
];

export async function createZoneProject(): Promise<ZoneProject> {
  const project = await createPulumiProject("zone");
  const authority = await createAuthority();
  const reader = newKey("reader");
  const [bind, knot] = await Promise.all([
    startBind({ records: OTHERS, otherKeys: [reader] }),
    startKnot({ records: OTHERS, zone: "shop.test" }),
  ]);
  const issued = await authority.issue({ names: [bind, knot].flatMap(({ zone }) => [zone, `*.${zone}`]) });
  const backends = await Promise.all(["ECS01", "ECS02"].map((name) => startBackend(name)));
  const site: ZoneSite = {
    stateDir: project.stateDir,
    dnsName: `web.lb.${bind.zone}`,
    zones: { bind: wayOf(bind), knot: wayOf(knot) },
    listenerPort: await freePort(),
    servers: backends.map(({ name, port }) => ({ serverId: name, serverIp: "127.0.0.1", port })),
    cert: issued.chainPem,
    key: issued.keyPem,
    record: { ttl: 1 },
    domains: {},
    records: {},
    balancers: {},
  };
  const configure = (changes: Partial<ZoneSite> = {}): void => {
    project.configure({ ...site, ...changes });
  };
  configure();
  return { project, authority, bind, knot, reader, site, configure };
}

function wayOf({ address: server, port, zone, key }: DnsPrimary): ZoneWay {
  return { server, port, zone, keyName: key.name, keySecret: key.secret };
}
