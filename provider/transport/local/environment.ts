/** What Node itself goes by on any machine; the rest of that kind, as NODE_OPTIONS, is how the deployer runs Pulumi. */
const NEEDED = ["PATH", "HOME", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH"];
/** Locales, and the agent's own switches, by which tests know its processes too. */
const NEEDED_PREFIXES = ["LC_", "TLS_OFFLOAD_"];

/**
 * The environment of an agent on this machine. It outlives this process, and whatever it inherits can be read in /proc
 * for as long: no login to other hosts, no passphrase of Pulumi's, no cloud's token.
 */
export function agentEnvironment(): NodeJS.ProcessEnv {
  const isNeeded = (name: string): boolean =>
    NEEDED.includes(name) || NEEDED_PREFIXES.some((prefix) => name.startsWith(prefix));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isNeeded(name)));
}
