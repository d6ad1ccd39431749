import { defineErrors } from "./define";

/** Errors of the agent: its API, its document, its change protocol. */
export const agentErrors = defineErrors({
  BAD_REQUEST: {
    status: 400,
    problem: "the agent did not understand the request at {path}: {detail}",
    remedy: "Use a provider and an agent of matching versions; run `pulumi up` to bring the agent up to date",
    cause: "A client sent something that the contract's schema does not allow.",
  },
  GENERATION_CHANGED: {
    status: 412,
    problem: "the document is at generation {actual}, the change was made for generation {expected}",
    remedy: "Somebody else changed this load balancer meanwhile: run `pulumi up` again",
    cause: "Two writers changed one load balancer at the same time.",
  },
  BUSY: {
    status: 409,
    problem: "a change by {holder} is pending, {secondsLeft} s are left until it is confirmed or reverted",
    remedy: "Wait for it, or run `pulumi up` again later",
    cause: "Another `pulumi up` is in the middle of a change, or was killed in the middle of one.",
  },
  NO_SUCH_CHANGE: {
    status: 404,
    problem: "there is no pending change {changeId}: it was confirmed, reverted, or its deadline has passed",
    remedy: "Run `pulumi up` again; the host serves the last confirmed document",
    cause: "The provider was away for longer than the change's confirm deadline.",
  },
  FOREIGN_OBJECT: {
    status: 409,
    problem: "{objectId} belongs to {actualOwner}, not to {owner}",
    remedy: "Choose another name, or set `adopt: true` to take it over",
    cause: "Two programs, or two resources, declare the same object.",
  },
  OBJECT_IN_USE: {
    status: 409,
    problem: "{objectId} cannot be deleted while it is used by {users}",
    remedy: "Delete or re-point these first",
    cause: "A certificate, server group or domain is deleted before what refers to it.",
  },
  REFERENCE_MISSING: {
    status: 409,
    problem: "{objectId} refers to {reference}, which is not there",
    remedy: "Create it first, or refer to its `id` output so that Pulumi knows the order",
    cause: "An id was written by hand, or the object was deleted behind Pulumi's back.",
  },
  KEY_MISSING: {
    status: 409,
    problem: "the private key of {objectId} (public key SHA-256 {spkiSha256}) is not on this host",
    remedy: "Run `pulumi up --refresh` on the stack that owns the certificate, so that its key is sent again",
    cause: "The key file was removed from the agent's state directory, or never arrived.",
  },
  HOST_CLAIMED: {
    status: 409,
    problem: "this host belongs to load balancer {actual}, not to {loadBalancerId}",
    remedy: "Remove the host from {actual} first; a host belongs to one load balancer",
    cause: "One host is named in two load balancers.",
  },
  PORT_IN_USE: {
    status: 409,
    problem: "port {port} on {address} is in use by {process}",
    remedy: "Stop that process, or choose another port",
    cause: "Another program listens on the port that a listener or the DNS server wants.",
  },
  ADDRESS_NOT_BINDABLE: {
    status: 409,
    problem: "cannot listen on {address} port {port}: {detail}",
    remedy:
      "Give an address that this host has, and a port that it may use (ports below 1024 need a privilege)",
    cause: "The address is not on the host, or the port is privileged.",
  },
  STATE_NOT_WRITABLE: {
    status: 507,
    problem: "cannot write the agent's state in {directory}: {detail}",
    remedy: "Free some space or mend the permissions; the old document is still served",
    cause: "The disk is full, read-only, or the directory's owner was changed.",
  },
  STATE_NOT_DURABLE: {
    status: 507,
    problem:
      "the confirmed document is in force, but the disk of {directory} did not take it for sure: {detail}",
    remedy:
      "Look at the host's disk; if a power cut brings the document before back, run `pulumi up --refresh`",
    cause:
      "Flushing the state directory failed after the document had got its name; the next change tries again.",
  },
  STATE_UNREADABLE: {
    status: 500,
    problem: "the agent's document {file} cannot be read: {detail}",
    remedy: "Restore the file, or remove it and run `pulumi up --refresh` to write it anew",
    cause: "The file was edited by hand or the disk is damaged.",
  },
  CERTIFICATE_UNUSABLE: {
    status: 422,
    problem: "{objectId} cannot be served: {detail}",
    remedy: "Give a certificate chain and key that OpenSSL accepts",
    cause: "The chain, the key or their combination is refused by the host's TLS library.",
  },
  DATA_PLANE_DOWN: {
    status: 503,
    problem: "the data plane does not answer: {detail}",
    remedy: "Look at the agent's log on the host; it is restarted by itself",
    cause: "The data plane process died or hangs.",
  },
  DNS_DOWN: {
    status: 503,
    problem: "the DNS process does not answer: {detail}",
    remedy: "Look at the agent's log on the host; it is restarted by itself",
    cause: "The DNS process died or hangs.",
  },
  LIMIT_EXCEEDED: {
    status: 409,
    problem: "{what} would be {actual}, the limit is {limit}",
    remedy: "Stay below the limit (docs/limits.md)",
    cause: "Something grew past a documented limit.",
  },
  NOT_FOUND: {
    status: 404,
    problem: "the agent has no {path}",
    remedy: "Use a provider and an agent of matching versions; run `pulumi up` to bring the agent up to date",
    cause: "A client of another version asked for something that this agent does not offer.",
  },
  AGENT_FORBIDDEN: {
    status: 403,
    problem: "{user} may not ask the agent of this host",
    remedy:
      "Use sudo, or join the group {group} (`sudo usermod --append --groups {group} {user}`) and log in again",
    cause: "Only root and the members of the agent's own group may use it.",
  },
  HOST_CLONED: {
    status: 409,
    problem:
      "this machine is not the one that its agent was installed on: its disk is a copy, or its machine-id was made anew",
    remedy:
      "If it has taken the host's place for good, run `pulumi up` with OFFLOAD_ADOPT_HOSTS=<name of the host>; if both machines run, remove the agent from the copy",
    cause:
      "A virtual machine was cloned or restored from a snapshot as another one. It serves, and refuses changes, so that two machines are never taken for one host.",
  },
  INSTALL_REFUSED: {
    status: 409,
    problem: "the agent cannot be installed here: {detail}",
    remedy:
      "Give the provider a host that it can use: Linux with systemd 240 or later, and root by login or by sudo",
    cause:
      "The host has no systemd, the installation does not run as root, or Node cannot run as the agent's user.",
  },
  INSTALL_BUSY: {
    status: 409,
    problem: "another installation on this host did not end within {seconds} s",
    remedy: "Wait for it, then run `pulumi up` again",
    cause: "Two programs installed the agent on one host at the same time.",
  },
  INSTALL_STEP_FAILED: {
    status: 500,
    problem:
      "the host did not take a step of the installation, {step}: {detail}. The host is as it was before",
    remedy: "Mend what the host says, then run `pulumi up` again",
    cause: "A full or read-only disk, or a program of the host (useradd, systemctl) that refused.",
  },
  AGENT_UPGRADE_UNDONE: {
    status: 503,
    problem:
      "agent {version} did not serve within {seconds} s, so the host runs {oldVersion} again, as before; what the new one said: {tail}",
    remedy:
      'Look at `journalctl -u tls-offload` on the host, mend the reason and run `pulumi up` again, which tries it once more. Until then {oldVersion} takes the changes; where it cannot, go back to the package pulumi-tls-offload of before, or give the host `status: "Maintenance"`',
    cause: "The new version of the agent does not start on this host, or does not serve its document.",
  },
  AGENT_UPGRADE_LOST: {
    status: 503,
    problem:
      "agent {version} did not serve within {seconds} s, and {oldVersion}, which was put back, does not either: {tail}",
    remedy: "Look at `systemctl status tls-offload` on the host; its data plane goes on with what it serves",
    cause:
      "The machine itself has a problem: a full disk, no memory, a state directory that is not the agent's.",
  },
  AGENT_REPAIR_FAILED: {
    status: 503,
    problem:
      "no agent is installed there that works, and {version}, which was to take its place, did not serve within {seconds} s; what it said: {tail}",
    remedy:
      "Look at `journalctl -u tls-offload` on the host, mend the reason and run `pulumi up` again; until then its data plane goes on with what it serves, without health checks, and its DNS server does not answer",
    cause:
      "Somebody removed or damaged the agent's program on the host, and the new one does not start there, or does not serve its document.",
  },
  INTERNAL: {
    status: 500,
    problem: "the agent failed: {detail}",
    remedy: "Look at the agent's log on the host and report it",
    cause: "A mistake in the agent.",
  },
});
