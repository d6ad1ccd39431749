/** Where the agent lives on a host that is reached over SSH. All of it goes with the load balancer. */
export const HOST_LAYOUT = {
  /** Programs: owned by root, read by all. */
  root: "/opt/tls-offload",
  /** bundles/<first 16 hex digits of SHA-256>/agent.cjs */
  bundles: "/opt/tls-offload/bundles",
  /** The link to the bundle's folder that runs: replaced by one rename. */
  current: "/opt/tls-offload/current",
  /** runtimes/node-<version>-<architecture>/bin/node: brought where the host has no Node that fits. */
  runtimes: "/opt/tls-offload/runtimes",
  /** The link to the Node program that runs the agent. */
  node: "/opt/tls-offload/node",
  /** `proxy-agent status|drain|undrain` for people, `proxy-agent dial-stdio` for the provider. */
  command: "/usr/local/bin/proxy-agent",
  unit: "tls-offload.service",
  unitFile: "/etc/systemd/system/tls-offload.service",
  stateDir: "/var/lib/tls-offload",
  /** The agent's own user and group. */
  user: "tls-offload",
} as const;

/** Which Node programs of a host can run the agent. */
export const HOST_NODE = {
  oldest: "20.19.0",
  /** What the unit's sandbox hides from the agent. */
  hidden: ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"],
} as const;
