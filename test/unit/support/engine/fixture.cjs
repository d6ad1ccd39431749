"use strict";
// A dynamic provider whose behaviour is known. Its world is a directory: calls.jsonl and a file an object.
const { appendFileSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { env, pid, stdout } = require("node:process");
const { setTimeout: sleep } = require("node:timers/promises");

const world = env.FIXTURE_WORLD;
let word = "not configured";
let count = 0;

const record = (method, detail) =>
  appendFileSync(join(world, "calls.jsonl"), JSON.stringify({ method, ...detail }) + "\n");
const fileOf = (id) => join(world, `${id}.json`);
const withoutProvider = (all) =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== "__provider"));

async function write(id, inputs) {
  if (inputs.delayMilliseconds) await sleep(inputs.delayMilliseconds);
  if (inputs.fail === "plain") throw new Error(`plain failure of ${inputs.label}`);
  const outs = { ...withoutProvider(inputs), madeFrom: `made from ${inputs.value}`, word };
  writeFileSync(fileOf(id), JSON.stringify(outs));
  if (inputs.fail === "init") {
    throw Object.assign(new Error("made, but not in order"), {
      id,
      properties: { ...outs, __provider: inputs.__provider },
      reasons: ["it does not answer"],
    });
  }
  return outs;
}

exports.handler = {
  configure: ({ config }) => {
    word = config.get("word") ?? "no word";
  },
  check: async (olds, news) => {
    record("check", { label: news.label, olds: withoutProvider(olds), news: withoutProvider(news) });
    const failures = news.bad === undefined ? [] : [{ property: news.bad, reason: "it is bad" }];
    return { inputs: { ...news, defaulted: olds.defaulted ?? "fresh" }, failures };
  },
  diff: async (id, olds, news) => {
    record("diff", { label: news.label, olds: withoutProvider(olds) });
    if (news.undecided) return {};
    const differs = (key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]);
    return {
      changes: ["value", "fixed", "fail", "label"].some(differs),
      replaces: differs("fixed") ? ["fixed"] : [],
    };
  },
  create: async (inputs) => {
    record("create", { label: inputs.label, inputs: withoutProvider(inputs) });
    stdout.write(`creating ${inputs.label}` + "\n");
    const id = `${inputs.label}-${pid}-${++count}`;
    const outs = await write(id, inputs);
    record("created", { label: inputs.label });
    return { id, outs };
  },
  update: async (id, olds, news) => {
    record("update", { label: news.label });
    return { outs: await write(id, news) };
  },
  read: async (id, props) => {
    record("read", { label: props.label, word });
    try {
      return { id, props: JSON.parse(readFileSync(fileOf(id), "utf8")) };
    } catch {
      return { id: "" };
    }
  },
  delete: async (id, props) => {
    record("delete", { label: props.label, word });
    if (props.failDelete) throw new Error(`cannot delete ${props.label}`);
    rmSync(fileOf(id));
  },
};
