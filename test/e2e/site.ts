import { createAuthority, type Authority } from "../../scripts/demo/certificate-authority";
import { freePort } from "../support/free-port";
import { createPulumiProject, type PulumiProject } from "../support/pulumi-cli";
import { startBackend, type TestBackend } from "../support/backend";

export const SITE_NAME = "www.example.test";

/** What programs/site.ts makes its resources of. */
export interface Site {
  readonly stateDir: string;
  /** Default: this machine alone, without SSH. */
  readonly hosts?: Readonly<Record<string, SiteHost>>;
  /** Default "web". */
  readonly loadBalancerName?: string;
  readonly listenerPort: number;
  /** Default 127.0.0.1. */
  readonly dnsAddress?: string;
  readonly dnsPort: number;
  readonly servers: readonly { serverId: string; serverIp: string; port: number; weight?: number }[];
  readonly cert: string;
  readonly key: string;
  /** Other names for the Pulumi resources, by their usual names. */
  readonly logicalNames?: Readonly<Record<string, string>>;
  readonly securityPolicyId?: "tls_cipher_policy_1_2" | "tls_cipher_policy_1_2_strict_with_1_3";
}

/** A host over SSH, with a login by value. */
export interface SiteHost {
  readonly addresses: readonly string[];
  readonly connection: {
    readonly host: string;
    readonly user: string;
    readonly privateKey?: string;
    readonly privateKeyPassword?: string;
    readonly password?: string;
    readonly hostKey: string;
  };
  readonly status?: "Active" | "Maintenance";
}

/** A project for programs/site.ts, with two backends and a certificate of a CA of its own. */
export interface SiteProject {
  readonly project: PulumiProject;
  readonly authority: Authority;
  readonly backends: readonly TestBackend[];
  readonly site: Site;
  /** Writes site.json; what is not given is as at first. */
  readonly configure: (changes?: Partial<Site>) => void;
}

/** @param address where the backends listen */
export async function createSite(address = "127.0.0.1"): Promise<SiteProject> {
  const project = await createPulumiProject("site");
  const authority = await createAuthority();
  const issued = await authority.issue({ names: [SITE_NAME] });
  const backends = await Promise.all(["ECS01", "ECS02"].map((name) => startBackend(name, address)));
  const site: Site = {
    stateDir: project.stateDir,
    listenerPort: await freePort(),
    dnsPort: await freePort(),
    servers: backends.map(({ name, port }) => ({ serverId: name, serverIp: address, port })),
    cert: issued.chainPem,
    key: issued.keyPem,
  };
  const configure = (changes: Partial<Site> = {}): void => {
    project.configure({ ...site, ...changes });
  };
  configure();
  return { project, authority, backends, site, configure };
}
