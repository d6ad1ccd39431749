// The peer: one resource a host and operation, each with an SSH connection of its own, as a remote command has.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { Job } from "../job";

const job = JSON.parse(readFileSync("site.json", "utf8")) as Job;

interface Inputs {
  readonly keyFile: string;
  readonly host: string;
  readonly file: string;
  readonly content: string;
}

const write = async ({ keyFile, host, file, content }: Inputs): Promise<void> => {
  const { readFileSync: read } = await import("node:fs");
  const { NodeSSH } = await import("node-ssh");
  const ssh = new NodeSSH();
  await ssh.connect({ host, username: "root", privateKey: read(keyFile, "utf8") });
  const { code, stderr } = await ssh.execCommand(
    `cat > ${file}.new && sync ${file}.new && mv ${file}.new ${file}`,
    {
      stdin: content,
    },
  );
  ssh.dispose();
  if (code !== 0) throw new Error(stderr);
};

const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  create: async (inputs) => {
    await write(inputs);
    return { id: `${inputs.host}${inputs.file}`, outs: inputs };
  },
  diff: (_id, olds, news) => Promise.resolve({ changes: olds.content !== news.content }),
  update: async (_id, _olds, news) => {
    await write(news);
    return { outs: news };
  },
  delete: () => Promise.resolve(),
};

class RemoteFile extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: Inputs) {
    super(provider, name, inputs);
  }
}

for (const [name, { host }] of Object.entries(job.hosts)) {
  for (let index = 0; index < job.resources; index += 1) {
    const content = JSON.stringify({ index, round: job.round });
    new RemoteFile(`${name}-${index}`, {
      keyFile: job.privateKeyFile,
      host,
      file: `/var/tmp/group-${index}`,
      content,
    });
  }
}
