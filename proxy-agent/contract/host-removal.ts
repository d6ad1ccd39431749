import { HOST_LAYOUT } from "./host-layout";

const { command, root, stateDir, unit, unitFile, user } = HOST_LAYOUT;
const WANTED = `/etc/systemd/system/multi-user.target.wants/${unit}`;

/**
 * POSIX shell, for root: ends the agent, traffic included, and takes away its unit, user, files and processes. It is
 * no work of the agent's, because it must be done where the agent, its bundle or its Node is damaged or gone. Each
 * step is fine when there is nothing to do.
 */
export const HOST_REMOVAL = `set -eu
has_processes() {
  for process in /proc/[0-9]*; do
    [ "$(stat -c %U "$process" 2>/dev/null)" = ${user} ] && return 0
  done
  return 1
}
end_processes() {
  for process in /proc/[0-9]*; do
    if [ "$(stat -c %U "$process" 2>/dev/null)" = ${user} ]; then kill -KILL "\${process#/proc/}" 2>/dev/null || true; fi
  done
}
if [ -d /run/systemd/system ]; then
  timeout 60 systemctl disable --now ${unit} >/dev/null 2>&1 || true
  systemctl kill --signal=KILL ${unit} >/dev/null 2>&1 || true
fi
if id ${user} >/dev/null 2>&1; then
  tries=0
  while has_processes && [ $tries -lt 50 ]; do
    end_processes
    sleep 0.1
    tries=$((tries + 1))
  done
fi
rm -rf ${unitFile} ${unitFile}.d ${unitFile}.new /run/systemd/system/${unit}.d ${WANTED} ${command} ${command}.new ${root} ${stateDir}
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl reset-failed ${unit} >/dev/null 2>&1 || true
fi
if id ${user} >/dev/null 2>&1; then userdel ${user}; fi
if getent group ${user} >/dev/null; then groupdel ${user}; fi
`;
