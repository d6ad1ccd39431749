import { LIMITS } from "../../../../proxy-agent/contract/limits";
import type { Asked } from "./questions";
import type { View } from "./view";
import { ZONES } from "./zones";

/** Where the embedded server answers otherwise than BIND, on purpose. */
export interface Difference {
  readonly what: string;
  readonly why: string;
  /** A question that shows it. */
  readonly example: Asked;
  readonly concerns: (bind: View, asked: Asked) => boolean;
  /** What ours has to say, by what BIND says. */
  readonly expected: (bind: View, context: Context) => View | Promise<View>;
}

export interface Context {
  readonly asked: Asked;
  /** What ours does say. */
  readonly given: View;
  /** BIND's answer to the same query with another name. */
  readonly askBind: (name: string) => Promise<View>;
}

const TYPE = { A: 1, CNAME: 5, SOA: 6, TXT: 16, AXFR: 252, IXFR: 251, ANY: 255 } as const;
const [CHAOS, UPDATE, COOKIE] = [3, 5, 10];

const refused = (bind: View): View => ({
  ...bind,
  rcode: "REFUSED",
  flags: bind.flags.filter((flag) => flag !== "aa"),
  answers: [],
  authorities: [],
});

/** They are applied in this order. */
export const DIFFERENCES: readonly Difference[] = [
  {
    what: "an opcode other than QUERY is NOTIMP, without a look at the rest",
    why: "BIND takes UPDATE and NOTIFY. Ours has no other way in than the agent's own interface.",
    example: asked("example.test", "SOA", { opcode: UPDATE }),
    concerns: (_, { opcode = 0 }) => opcode !== 0,
    expected: (bind, { asked: { edns } }) => ({
      ...{ ...bind, rcode: "NOTIMP", flags: ["qr"], questions: [] },
      edns: edns ? { version: 0, udpBytes: 1_232, dnssecOk: edns.dnssecOk ?? false, options: [] } : null,
    }),
  },
  {
    what: "a class other than IN is REFUSED",
    why: "BIND tells its version in CHAOS, and has a word of its own for classes that are none. Ours serves IN alone.",
    example: asked("version.bind", "TXT", { class: CHAOS }),
    concerns: ({ rcode }, { class: klass = 1, opcode = 0 }) =>
      klass !== 1 && opcode === 0 && rcode !== "BADVERS",
    expected: refused,
  },
  {
    what: "a zone transfer is REFUSED",
    why: "Each host gets its zones from `pulumi up`; there is no secondary that would have to ask for them.",
    example: asked("example.test", "AXFR", { transport: "tcp" }),
    concerns: (_, { type }) => type === TYPE.AXFR || type === TYPE.IXFR,
    expected: refused,
  },
  {
    what: "ANY gets one set of records",
    why: "RFC 8482 4.1: enough for whoever debugs, and no amplifier. BIND does so with `minimal-any yes`.",
    example: asked("host.example.test", "ANY"),
    concerns: ({ answers }, { type }) => type === TYPE.ANY && answers.length > 0,
    expected: (bind, { given }) => ({
      ...bind,
      answers: bind.answers.filter((line) => setOf(line) === setOf(given.answers[0] ?? "")),
    }),
  },
  {
    what: "a truncated response is empty",
    why: "RFC 2181 9 has clients ignore what is in it. BIND sends as much as fits, and AD when it was asked for.",
    example: asked("many.example.test", "A"),
    concerns: ({ flags }) => flags.includes("tc"),
    expected: (bind) => ({
      ...bind,
      flags: bind.flags.filter((flag) => flag !== "ad"),
      answers: [],
      authorities: [],
    }),
  },
  {
    what: "a CNAME is followed into another zone of this server",
    why: "It saves each resolver a question: the site's name leads into the load balancer's zone. BIND stays in one.",
    example: asked("other-zone.example.test", "A"),
    concerns: (bind, { type }) => type !== TYPE.CNAME && type !== TYPE.ANY && leadsToServed(bind),
    expected: async (bind, { askBind }) => {
      const rest = await askBind(targetOf(bind) ?? "");
      return { ...rest, questions: bind.questions, answers: [...bind.answers, ...rest.answers] };
    },
  },
  {
    what: `a CNAME that leads in a circle, or over more than ${LIMITS.dnsCnameChain} others, is given without an error`,
    why: "The resolver goes on by itself. After SERVFAIL, BIND's word for it, it would ask the other hosts for the same.",
    example: asked("loop.example.test", "A"),
    concerns: (bind) => isCircle(bind) || aliasesOf(bind).length > LIMITS.dnsCnameChain,
    expected: (bind) => ({
      ...bind,
      rcode: "NOERROR",
      answers: bind.answers.slice(0, LIMITS.dnsCnameChain + 1),
      authorities: [],
    }),
  },
  {
    what: "no SOA record counts for another time when it was asked for by its type",
    why: "BIND gives it TTL 0 (`zero-no-soa-ttl`) for resolvers of long ago that would keep it for a zone's own.",
    example: asked("www.nothing.example.test", "SOA"),
    concerns: (_, { type }) => type === TYPE.SOA,
    expected: (bind) => ({
      ...bind,
      authorities: bind.authorities.map((it) => it.replace(" 0 IN SOA", " 60 IN SOA")),
    }),
  },
  {
    what: "no option of EDNS comes back",
    why: "BIND's are cookies (RFC 7873) and reasons (RFC 8914), both optional. Without cookies no response over UDP has more than 1232 bytes either.",
    example: asked("www.example.test", "A", {
      edns: { udpBytes: 1_232, options: [[COOKIE, Buffer.from("12345678")]] },
    }),
    concerns: ({ edns }) => edns !== null && edns.options.length > 0,
    expected: (bind) => ({ ...bind, edns: bind.edns === null ? null : { ...bind.edns, options: [] } }),
  },
  {
    what: "the owner of an answer has the case of the question",
    why: "Names are the same in any case (RFC 4343). BIND takes the zone's, ours points to the question and saves bytes.",
    example: asked("WWW.Example.Test", "CNAME"),
    concerns: (_, { labels }) => /[A-Z]/.test(labels.join("")),
    expected: (bind) => ({ ...bind, answers: bind.answers.map((line) => withOwnersCase(line, bind)) }),
  },
];

function asked(name: string, type: keyof typeof TYPE, more: Partial<Asked> = {}): Asked {
  return { labels: name.split("."), type: TYPE[type], transport: "udp", ...more };
}

function aliasesOf({ answers }: View): string[] {
  return answers.filter((line) => line.includes(" IN CNAME "));
}

/** Where the last CNAME leads that nothing follows. */
function targetOf({ answers }: View): string | null {
  const match = /^\S+ \d+ IN CNAME (\S+)$/.exec(answers.at(-1) ?? "");
  return match?.[1] ?? null;
}

function leadsToServed(bind: View): boolean {
  const target = targetOf(bind);
  const isServed = ZONES.some(({ name }) => target === name || target?.endsWith(`.${name}`) === true);
  return isServed && bind.rcode === "NOERROR" && bind.authorities.length === 0;
}

function isCircle(bind: View): boolean {
  return bind.rcode === "SERVFAIL" && targetOf(bind) !== null;
}

/** "host.example.test IN A" */
function setOf(line: string): string {
  return line.replace(/^(\S+) \d+ (IN \S+) .*/, "$1 $2").toLowerCase();
}

function withOwnersCase(line: string, { questions }: View): string {
  const asked = questions[0]?.split(" ")[0] ?? "";
  return line.toLowerCase().startsWith(`${asked.toLowerCase()} `)
    ? `${asked}${line.slice(asked.length)}`
    : line;
}
