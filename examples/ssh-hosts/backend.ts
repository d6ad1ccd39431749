import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { connectionTo, type Machine } from "./machines";

export const BACKEND_PORT = 8080;

/** What is copied, and to where. */
const FILES = {
  "answer.sh": "/usr/local/lib/backend-answer.sh",
  "backend@.service": "/etc/systemd/system/backend@.service",
  "backend.socket": "/etc/systemd/system/backend.socket",
};
const NAME_FILE = "/etc/backend-name";

/** A tiny server that names itself, copied to a machine and started there by systemd. */
export function startBackend(name: string, machine: Machine): pulumi.Resource {
  const connection = connectionTo(machine);
  const contents = createHash("sha256");
  const copies = Object.entries(FILES).map(([file, remotePath]) => {
    const text = readFileSync(join(__dirname, "backend", file), "utf8");
    contents.update(text);
    const source = new pulumi.asset.StringAsset(text);
    return new remote.CopyToRemote(`${name}-${file}`, { connection, source, remotePath });
  });
  const start = [
    `echo ${name} >${NAME_FILE}`,
    "systemctl daemon-reload",
    "systemctl enable backend.socket",
    // Other files are another command, so that it runs again.
    `systemctl restart backend.socket # ${contents.digest("hex")}`,
  ].join(" && ");
  const stop = `systemctl disable --now backend.socket; rm -f ${NAME_FILE} ${Object.values(FILES).join(" ")}`;
  return new remote.Command(
    `${name}-start`,
    { connection, create: start, update: start, delete: stop },
    { dependsOn: copies },
  );
}
