import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LIMITS } from "tls-offload-agent/contract";
import { ROOT } from "./root";

const SOURCE = "proxy-agent/contract/limits.ts";
const INTRODUCTION = `# Limits

Everything that can grow has a limit, and a test for it. Units are in the names. This page is made from
\`${SOURCE}\` by \`npm run docs\`.`;

export function limitsPage(): string {
  const comments = commentsOf(readFileSync(join(ROOT, SOURCE), "utf8"));
  const rows = Object.entries(LIMITS).map(
    ([name, value]) => `| \`${name}\` | ${value.toLocaleString("en")} | ${commentOf(name, comments)} |`,
  );
  return [INTRODUCTION, ["| Limit | Value | Meaning |", "| --- | ---: | --- |", ...rows].join("\n")].join(
    "\n\n",
  );
}

/** Name -> its comment; a limit without one of its own shares that of the limit above it. */
function commentsOf(source: string): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  let comment = "";
  for (const [, text, name] of source.matchAll(/\/\*\*([\s\S]*?)\*\/|^ {2}(\w+):/gm)) {
    if (text !== undefined) comment = text.replaceAll(/\s*\n\s*\*?\s*/g, " ").trim();
    if (name !== undefined) comments.set(name, comment);
  }
  return comments;
}

function commentOf(name: string, comments: ReadonlyMap<string, string>): string {
  const comment = comments.get(name);
  if (comment === undefined || comment === "")
    throw new Error(`${name} in ${SOURCE} says nothing about itself`);
  return comment.replaceAll("|", "\\|");
}
