import { createSite, type Site, type SiteHost, type SiteProject } from "../e2e/site";
import { startHosts, type HostOptions, type HostUser, type TestHost, type TestHosts } from "../support/hosts";

/** The seed scenario's project on test hosts, at the ports of the real world. */
export interface HostsSite extends SiteProject {
  readonly hosts: TestHosts;
}

export async function createHostsSite(
  names: readonly string[],
  options: HostOptions = {},
): Promise<HostsSite> {
  const hosts = await startHosts(names, options);
  const created = await createSite(hosts.gateway);
  const site: Site = { ...created.site, listenerPort: 443, dnsPort: 53, hosts: declared(hosts.all) };
  const configure = (changes: Partial<Site> = {}): void => {
    created.project.configure({ ...site, ...changes });
  };
  configure();
  return { ...created, hosts, site, configure };
}

/** What a program says of these hosts. */
export function declared(hosts: readonly TestHost[], user: HostUser = "root"): Record<string, SiteHost> {
  return Object.fromEntries(
    hosts.map((host) => [host.name, { addresses: [host.address], connection: host.connection(user) }]),
  );
}
