import { ERRORS, type ErrorDefinition } from "tls-offload-agent/contract";

const INTRODUCTION = `# Errors

Every error of provider and agent has a code, which stands at the end of its message: \`where: what is wrong. What to
do. (CODE)\`. This page is made from the registry in \`proxy-agent/contract/errors/\` by \`npm run docs\`.`;

export function errorsPage(): string {
  const codes = Object.entries<ErrorDefinition>(ERRORS).sort(([one], [other]) => (one < other ? -1 : 1));
  return [INTRODUCTION, ...codes.map(([code, definition]) => section(code, definition))].join("\n\n");
}

function section(code: string, { problem, remedy, cause }: ErrorDefinition): string {
  return [
    `## ${code}`,
    `> ${literal(problem)}`,
    `**What to do.** ${literal(remedy)}.`,
    `**Cause.** ${literal(cause)}`,
  ].join("\n\n");
}

/** Nothing in a message is Markdown except its code spans. */
function literal(text: string): string {
  const parts = text.split("`");
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll(/[<>*_]/g, "\\$&") : part)).join("`");
}
