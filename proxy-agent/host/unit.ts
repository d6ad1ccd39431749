import { HOST_LAYOUT } from "../contract/host-layout";
import { LIMITS } from "../contract/limits";

/** More than the supervisor itself takes for stopping its three roles. */
const STOP_SECONDS = 30;

/**
 * The agent's systemd unit. Settings of one's own go into a drop-in (`systemctl edit tls-offload`), which upgrades
 * leave alone; this file is written anew by each.
 *
 * `systemd-analyze security` counts what is open. Left open, each for a reason:
 * - the host's network, IP addresses and AF_INET: it serves the network;
 * - CAP_NET_BIND_SERVICE: ports 443 and 53;
 * - AF_NETLINK: a drain asks the kernel which addresses are this host's own;
 * - MemoryDenyWriteExecute: V8 compiles JavaScript to machine code at run time and would die at start;
 * - PrivateUsers: a capability in a user namespace does not open the host's low ports;
 * - ProcSubset=pid: facts and `status` tell the kernel's settings (/proc/sys), and V8 reads /proc/meminfo;
 * - RootDirectory: Node is the host's own, with the host's libraries.
 */
export function unitText(): string {
  const { node, current, stateDir, user } = HOST_LAYOUT;
  return `[Unit]
Description=TLS offload at layer 4 (proxy-agent)
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${node} ${current}/agent.cjs supervise --state-dir ${stateDir}
Restart=always
# A supervisor that dies leaves the traffic running, and the next one adopts it.
KillMode=process
OOMPolicy=continue
TimeoutStopSec=${STOP_SECONDS}

User=${user}
Group=${user}
StateDirectory=${stateDir.slice("/var/lib/".length)}
StateDirectoryMode=0${STATE_DIR_MODE.toString(8)}
UMask=0077
LimitNOFILE=${LIMITS.descriptorsPerProcess}
LimitCORE=0

AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
PrivateIPC=yes
RemoveIPC=yes
KeyringMode=private
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

/** Owner: all. Group: reach control.sock, whose name is known, and list nothing. Others: nothing. */
export const STATE_DIR_MODE = 0o710;

/** What people and the provider call on the host. */
export function commandText(): string {
  const { node, current, stateDir } = HOST_LAYOUT;
  return `#!/bin/sh
exec ${node} ${current}/agent.cjs "$@" --state-dir ${stateDir}
`;
}
