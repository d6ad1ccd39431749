import type { Site } from "./settings";

/** What to do when Pulumi failed, beyond what its output says already. */
export function explain(output: string, site: Site): string {
  const taken = /port (\d+) on \S+ is in use by (.+?)\. /.exec(output);
  if (taken === null) {
    return "pulumi up failed; the messages above say where and what to do. `npm start` goes on from there.";
  }
  const [, port = "", who = ""] = taken;
  const setting = Number(port) === site.dnsPort ? "dnsPort" : "listenerPort";
  return [
    `Port ${port} is taken by ${who}. Stop that program, or choose another port and start again:`,
    `    npm run pulumi -- config set ${setting} ${Number(port) + 1}`,
    "    npm start",
  ].join("\n");
}
