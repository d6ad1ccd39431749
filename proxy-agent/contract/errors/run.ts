import { defineErrors } from "./define";
import { WITHOUT_THE_HOST } from "./without-the-host";

/** What goes wrong while `pulumi up` works on hosts. `where` names the host and the object. */
export const runErrors = defineErrors({
  AGENT_UNREACHABLE: {
    status: 503,
    problem: "the agent does not answer: {detail}",
    remedy: `Look at the agent's log in {log}; \`pulumi up --refresh\` starts it again. ${WITHOUT_THE_HOST}`,
    cause: "The agent's process is gone, hangs, or its socket cannot be reached.",
  },
  AGENT_MISSING: {
    status: 503,
    problem: "there is no agent in {directory}",
    remedy: "Run `pulumi up --refresh`: it installs the agent and fills it again",
    cause: "The agent's state directory was removed behind Pulumi's back.",
  },
  AGENT_NEWER: {
    status: 409,
    problem: "its agent is version {version}, newer than this provider's {own}, and stays",
    remedy: "Bring the package pulumi-tls-offload of this program up to date",
    cause: "A warning: another program, with a newer package, changed this load balancer before.",
  },
  AGENT_OLDER: {
    status: 409,
    problem: "its agent (version {version}) is not this provider's ({own}), and {user} may not replace it",
    remedy:
      "Run `pulumi up --refresh` once with a login that is root or may sudo without a password; until then the agent stays as it is",
    cause: "A warning: a login that can apply changes, but not upgrade, met an agent of another version.",
  },
  AGENT_NOT_STARTABLE: {
    status: 503,
    problem: "the agent does not answer, and {user} may not start it: {detail}",
    remedy:
      "Run `systemctl start tls-offload` on the host as root, or `pulumi up --refresh` with a login that is root or may sudo without a password",
    cause:
      "The agent's process is gone, hangs, or its socket cannot be reached, and the SSH login can apply changes, but start nothing.",
  },
  AGENT_NOT_SUPERVISED: {
    status: 503,
    problem:
      "its agent answers, but the supervisor is gone that starts again what dies of it, and cannot be started: {detail}",
    remedy:
      "Run `pulumi up --refresh`, which installs the agent again, from a program whose package pulumi-tls-offload is not older than that agent",
    cause:
      "A warning: the supervisor died, and somebody removed, masked or edited the agent's systemd unit. What runs goes on.",
  },
  DRIFT_NEEDS_ROOT: {
    status: 403,
    problem: "{drift}; to mend that takes root, and {user} may not",
    remedy:
      "Run `pulumi up --refresh` once with a login that is root or may sudo without a password; until then it stays as it is",
    cause:
      "A warning: a refresh with a login that can apply changes, but not install, found that somebody changed how the host runs its agent.",
  },
  DRIFT_NEEDS_NEWER: {
    status: 409,
    problem:
      "{drift}; its agent is version {version}, which this provider, that brings {own}, cannot install again",
    remedy:
      "Run `pulumi up --refresh` from a program whose package pulumi-tls-offload is up to date; until then it stays as it is",
    cause:
      "A warning: a refresh found that somebody changed how the host runs its agent, and that was installed by a newer package than this program's.",
  },
  INSTALL_NEEDS_ROOT: {
    status: 403,
    problem: "{doing} takes root there, and {user} is not root and may not sudo without a password",
    remedy: "Log in as root, or as a user with `NOPASSWD: ALL` in sudoers, and run `pulumi up` again",
    cause: "The SSH login is a plain user, or one that may run nothing but the agent's own command.",
  },
  LEAVING_NEEDS_ROOT: {
    status: 403,
    problem:
      "cannot leave: removing its agent takes root there, and {user} is not root and may not sudo without a password",
    remedy:
      "Take it back into `hosts` with a login in `connection` that may, run `pulumi up`, and take it out then. Or give it up, with all that is on it, by setting OFFLOAD_RELEASE_HOSTS={names} in the environment",
    cause:
      "A host was taken out of `hosts` whose SSH login, as the last `up` knew it, can apply changes, but neither install nor remove. Nothing was changed on any host.",
  },
  LOGIN_NOT_IN_GROUP: {
    status: 403,
    problem:
      "an agent is installed there, and {user} may not use it: not root, no sudo without a password, and not in the group tls-offload",
    remedy:
      "As root there, make {user} a member: `usermod --append --groups tls-offload {user}` (docs/operating.md, Logins). Or log in as root, or as a user with `NOPASSWD: ALL` in sudoers. Then run `pulumi up` again",
    cause:
      "The SSH login is a plain user. Changes take membership of the agent's group, all else takes root.",
  },
  LOGIN_RESTRICTED: {
    status: 403,
    problem: "{user} may run nothing there but the agent's own command, and no agent answers it: {detail}",
    remedy:
      "Run `pulumi up` once with a login that is root or may sudo without a password, then make {user} a member of the group tls-offload (docs/operating.md, Logins)",
    cause:
      "The login's key is restricted to applying changes; it can neither install the agent nor start it.",
  },
  HOSTS_REFUSED: {
    status: 409,
    problem: "{failed} of {all} hosts cannot be used, so nothing was changed on any",
    remedy: "Mend each as it says below, and run `pulumi up` again",
    cause: "Every host is reached and looked at before anything is installed or changed on one.",
  },
  HOSTS_NOT_INSTALLED: {
    status: 500,
    problem: "the agent could not be put on {failed} of {all} hosts, so none serves anything new",
    remedy: "Mend each as it says below, and run `pulumi up` again",
    cause: "Hosts that were looked at before and took an agent failed while it was installed.",
  },
  HOST_WITHOUT_SYSTEMD: {
    status: 409,
    problem: "the machine is not run by systemd, which is to run the agent",
    remedy: "Use a machine with systemd, for instance Debian 12",
    cause: "The host is a container, or a distribution with another init.",
  },
  NODE_NOT_AVAILABLE: {
    status: 409,
    problem:
      "there is no Node {wanted} or later that the agent's user may run, and none to bring for {machine}",
    remedy: "Install Node {wanted} or later on the host, outside of /root and /home",
    cause: "The provider brings Node only to x86_64 and aarch64 machines.",
  },
  NODE_NOT_FETCHED: {
    status: 502,
    problem:
      "{name}, to be brought to hosts without Node {wanted} or later, could not be fetched by npm: {detail}",
    remedy: "Look whether npm reaches its registry from this machine, or install Node on the host",
    cause: "The machine that runs Pulumi has no npm, or no way to the registry.",
  },
  HOST_COMMAND_FAILED: {
    status: 500,
    problem: "{doing} failed there: {detail}",
    remedy: "Mend that on the host, then run `pulumi up` again: it goes on where this one ended",
    cause:
      "A command that the provider ran on the host over SSH did not succeed: no space, a missing program.",
  },
  AGENT_NOT_STARTED: {
    status: 503,
    problem: "the agent did not answer within {seconds} s of being started; its log says: {tail}",
    remedy: "Look at {log}, then run `pulumi up` again",
    cause:
      "The agent could not start: Node is too old, the directory is not usable, or the machine is overloaded.",
  },
  AGENT_NOT_STOPPED: {
    status: 500,
    problem: "the agent could not be stopped: {detail}",
    remedy: "Look at {log}, end its processes by hand and run the same command again",
    cause: "A process of the agent hangs.",
  },
  STATE_DIRECTORY_UNUSABLE: {
    status: 500,
    problem: "cannot use {directory} as the agent's state directory: {detail}",
    remedy: "Give another `stateDir`, or mend its permissions",
    cause: "The directory cannot be made, or belongs to somebody else.",
  },
  OPERATION_TIMED_OUT: {
    status: 504,
    problem: "not done within {seconds} s, while {doing}",
    remedy: "Run `pulumi up` again, or give the LoadBalancer a larger `timeoutSeconds`",
    cause: "A host or a client of the agent is slow. Pulumi's own timeouts do not reach this provider.",
  },
  HOSTS_STILL_NEEDED: {
    status: 409,
    problem: "cannot leave yet: {dnsName} leads to no host that stays",
    remedy:
      "Take it back into `hosts`, run `pulumi up --refresh` until it succeeds, and take it out then. If it is gone for good, set OFFLOAD_RELEASE_HOSTS={names} in the environment",
    cause:
      "The hosts that stay were never filled and verified, because the `up` that added them failed, or they lost what they had.",
  },
  DELETE_UNREACHABLE: {
    status: 503,
    problem: "{objectId} cannot be deleted there: {detail}",
    remedy:
      "Bring the host back and run the command again, or give it up by setting OFFLOAD_RELEASE_HOSTS={host} in the environment",
    cause: "A host is gone or unreachable while something on it is deleted.",
  },
  CONFIRM_INCOMPLETE: {
    status: 500,
    problem: "the change is in force on some hosts only: {report}",
    remedy: "Run `pulumi up` again: it brings all hosts to the same state",
    cause: "A host went away between the first and the last confirmation.",
  },
  NAME_NOT_PUBLISHED: {
    status: 500,
    problem: "the change is in force, and {dnsName} does not lead to the hosts as it should: {detail}",
    remedy: "Run `pulumi up` again: it leads the name to each host that serves, and to no other",
    cause: "A host went away after the change and before the load balancer's name followed it.",
  },
  VERIFY_NOT_BOUND: {
    status: 502,
    problem: "the agent does not listen on {address} port {port}: {detail}",
    remedy: "Look at the agent's log on the host",
    cause: "The listener is declared but its port could not be bound.",
  },
  VERIFY_UNREACHABLE: {
    status: 502,
    problem: "{address} port {port} does not answer from {from} although the agent listens there: {detail}",
    remedy: "Look at the firewall between {from} and this address, or give `verify` another value",
    cause: "A firewall or a missing route between the machine that verifies and the host's outside address.",
  },
  VERIFY_CERTIFICATE: {
    status: 502,
    problem: "{address} port {port} serves the certificate {seen} ({handshake}), expected {expected}",
    remedy: "Look whether something else answers at this address; the old state is still served",
    cause: "Another server has the address or port, or the host serves an old certificate.",
  },
  VERIFY_VERSION_REFUSED: {
    status: 502,
    problem: "{address} port {port} refuses {version}, which {policy} offers: {seen}",
    remedy: "Look at the host's OpenSSL configuration, or choose another securityPolicyId",
    cause: "The host's OpenSSL forbids a version of the security policy.",
  },
  VERIFY_VERSION_ACCEPTED: {
    status: 502,
    problem: "{address} port {port} accepts {version}, which {policy} forbids",
    remedy: "Look whether something else answers at this address; the old state is still served",
    cause: "Another server has the address or port.",
  },
  VERIFY_FOREIGN: {
    status: 502,
    problem: "{address} port {port} answers, but not from this host's agent: it has not seen the connection",
    remedy: "Look what else listens at this address, or ends TLS on the way to it",
    cause: "The address leads to another machine or through a proxy.",
  },
  VERIFY_NO_BACKEND: {
    status: 502,
    problem: "no server of {serverGroupId} took a connection through {address} port {port}: {seen}",
    remedy: "Bring a server up, or set `requireHealthyBackend: false` on the listener",
    cause: "All servers of the group are down, or their addresses are wrong.",
  },
  VERIFY_STILL_ANSWERS: {
    status: 502,
    problem: "{address} port {port} still answers although its listener is gone",
    remedy: "Look what else listens there",
    cause: "Another program took the port, or the agent did not close it.",
  },
  DNS_NOT_SERVED: {
    status: 409,
    problem: "the load balancer {loadBalancerId} serves no DNS",
    remedy: "Give the LoadBalancer a `dnsListen`",
    cause: "An embedded domain needs the agents' DNS servers.",
  },
  DNS_UNREACHABLE: {
    status: 502,
    problem: "the DNS server at {server} does not answer: {detail}",
    remedy: "Look at the firewall between this machine and the host, for UDP and TCP",
    cause: "The agents' DNS server cannot be reached from where `pulumi up` runs.",
  },
  DNS_NOT_RESOLVED: {
    status: 502,
    problem: "{name} does not lead to an address: {detail} (asked {servers})",
    remedy: "Look whether the record is there and what it points at (`dig` shows both), then run it again",
    cause: "The name is not in a zone of these servers, its CNAME leads nowhere or in circles.",
  },
  DOMAIN_NOT_VERIFIED: {
    status: 409,
    problem:
      '{domainName} is not verified: {server} has no TXT record {fqdn} with the value "{value}" ({seen})',
    remedy: "Publish exactly this record (or declare a Domain, which does) and run `pulumi up` again",
    cause: "A CNAME is only made in a domain whose ownership was proved by its TXT record.",
  },
  RECORD_NOT_SERVED: {
    status: 502,
    problem: "{server} answers {seen} for the {type} record {fqdn}, expected {expected}",
    remedy: "Run `pulumi up` again; if it stays, look at the agent's log on the host",
    cause: "The DNS server has not taken over the change, or something else answers at its address.",
  },
  KEY_FILE_LOST: {
    status: 400,
    problem: "the private key file {file} cannot be read: {detail}",
    remedy: "Give a `keyFile` that this user can read",
    cause: "The file was moved or its permissions do not allow it.",
  },
  KEY_CHANGED: {
    status: 409,
    problem:
      "the private key is not the one that the preview saw: its public key's SHA-256 is {actual}, not {expected}",
    remedy: "Run `pulumi up` again",
    cause: "The key file was replaced between the preview and the change.",
  },
  PROVIDER_FAILED: {
    status: 500,
    problem: "the provider failed: {detail}",
    remedy: "Run the same command with `--debug` and report what it says",
    cause: "A mistake in the provider.",
  },
});
