// Loads every entry point of an installed package, as whoever requires or imports it does, and ends with 1 where node finds
// none or finds no JavaScript. What the code itself throws here says nothing: it may be meant for a browser.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [name, version] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const folder = join(process.cwd(), "node_modules", ...name.split("/"));
const said = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const exit = process.exit;
const failures = [];

// One that is for compilers or bundlers alone, or for one of the two ways to load it, is not exported to node: that is no fault.
const BROKEN = [
  "ERR_INVALID_PACKAGE_TARGET",
  "ERR_MODULE_NOT_FOUND",
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "MODULE_NOT_FOUND",
];

// Whoever installs the package need not have these.
const spared = [
  ...Object.keys(said.optionalDependencies ?? {}),
  ...Object.entries(said.peerDependenciesMeta ?? {}).filter(([, meta]) => meta.optional).map(([peer]) => peer),
];

function isBroken(error) {
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(error?.message ?? "")?.[1] ?? "";
  if (spared.some((one) => missing === one || missing.startsWith(`${one}/`))) return false;
  return error instanceof SyntaxError || BROKEN.includes(error?.code);
}

function entries() {
  const { exports } = said;
  const parts = exports && typeof exports === "object" && !Array.isArray(exports) ? Object.entries(exports) : [];
  const named = parts.filter(([key]) => key.startsWith("."));
  if (named.length > 0) {
    const plain = named.filter(([key, to]) => to !== null && !key.includes("*") && !key.endsWith("/"));
    return plain.map(([key]) => name + key.slice(1));
  }
  return exports || said.main || existsSync(join(folder, "index.js")) ? [name] : [];
}

function resolved(entry) {
  try {
    return fileURLToPath(import.meta.resolve(entry));
  } catch {
    try {
      return require.resolve(entry);
    } catch {
      return undefined;
    }
  }
}

async function load(entry) {
  const ending = extname(resolved(entry) ?? "");
  if (ending !== "" && ![".js", ".mjs", ".cjs", ".json", ".node"].includes(ending)) {
    if (!existsSync(resolved(entry))) failures.push(`${entry}: ${resolved(entry)} is not there`);
    return;
  }
  const ways = ending === ".json" ? [() => require(entry)] : [() => import(entry), () => require(entry)];
  for (const way of ways) {
    try {
      await way();
    } catch (error) {
      if (isBroken(error)) {
        failures.push(`${entry}: ${error.stack ?? error}`);
        return;
      }
    }
  }
}

process.exit = () => {
  throw new Error("the package ends the process");
};
for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, () => {});

if (said.version !== version) failures.push(`it says that it is ${said.version}`);
for (const path of typeof said.bin === "string" ? [said.bin] : Object.values(said.bin ?? {})) {
  if (!existsSync(join(folder, path))) failures.push(`its program ${path} is not there`);
}
for (const entry of entries()) await load(entry);
for (const failure of failures) console.error(failure);
exit(failures.length > 0 ? 1 : 0);
