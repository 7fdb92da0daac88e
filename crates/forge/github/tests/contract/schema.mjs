// Whether documents of GraphQL fit the official schema of GitHub: node schema.mjs DOCUMENT...
import assert from "node:assert/strict";
import { schema as sources } from "@octokit/graphql-schema";
import { buildSchema, parse, validate } from "graphql";

// It defines a field twice that nobody here asks for.
const schema = buildSchema(sources.idl, { assumeValid: true, assumeValidSDL: true });
for (const document of process.argv.slice(2)) assert.deepEqual(validate(schema, parse(document)), []);
