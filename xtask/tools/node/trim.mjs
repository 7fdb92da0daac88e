// Cuts a description to some operations and to what they reach, since the whole one takes its reader a quarter of a
// minute. The folder of the whole one is removed.
//
//   node trim.mjs DESCRIPTION OPERATIONS RESULT
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const [description, operations, result] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(description, "utf8"));
const reached = new Set();

// The part that a reference names, and the object that holds it.
function part(from, reference) {
  const names = reference.slice(2).split("/").map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = names.pop();
  return [names.reduce((found, name) => (found[name] ??= {}), from), last];
}

function walk(value) {
  if (value === null || typeof value !== "object") return;
  const reference = value.$ref;
  if (typeof reference === "string" && reference.startsWith("#/") && !reached.has(reference)) {
    reached.add(reference);
    const [holder, name] = part(whole, reference);
    walk(holder[name]);
  }
  Object.values(value).forEach(walk);
}

const paths = {};
for (const line of readFileSync(operations, "utf8").split("\n").filter((line) => line && !line.startsWith("#"))) {
  const [method, path] = line.split(" ");
  const operation = whole.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`the description has no ${line}`);
  // The proxy keeps to one server for all, and an upload has one of its own.
  delete operation.servers;
  (paths[path] ??= {})[method.toLowerCase()] = operation;
}
// What it lacks is passed on as it is.
const anything = { description: "anything", content: { "application/json": {} } };
paths["/graphql"] = { post: { requestBody: anything, responses: { default: anything } } };
walk(paths);
const { openapi, info, servers } = whole;
const trimmed = { openapi, info, servers, paths, components: {} };
for (const reference of reached) {
  const [from, name] = part(whole, reference);
  const [into] = part(trimmed, reference);
  into[name] = from[name];
}
writeFileSync(result, JSON.stringify(trimmed));
// In all its versions and spellings it is most of what was installed, and nobody reads it again.
rmSync(dirname(description), { recursive: true });
