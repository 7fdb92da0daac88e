// The whole cycle of a release by GitHub's own client, with the official description in between.
//
//   node cycle.mjs API TOKEN
//
// API is the proxy that says what does not fit the description. It passes on GraphQL, which the description lacks and
// which is held against the official schema here; the host of uploads is not behind it. Prints the operations that went
// through the proxy. Fails with the field that does not fit, and with the answer that was not expected.
import assert from "node:assert/strict";
import { schema as sources } from "@octokit/graphql-schema";
import { Octokit } from "@octokit/rest";
import { buildSchema, execute, parse, validate } from "graphql";

const [api, token] = process.argv.slice(2);

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const octokit = new Octokit({ auth: token, baseUrl: api, userAgent: "cycle", log: quiet });
const used = new Set();
octokit.hook.before("request", (options) => {
  if (!options.url.startsWith("http")) used.add(`${options.method} ${options.url}`);
});
const fits = (response) => assert.equal(response?.headers["sl-violations"], undefined);
octokit.hook.after("request", fits);
octokit.hook.error("request", (error) => {
  fits(error.response);
  throw error;
});
const at = { owner: "ada", repo: "tools" };
const { git, issues, pulls, repos } = octokit.rest;

// What a call is refused with.
async function refused(call, status) {
  const error = await call.then(() => assert.fail("it is not refused"), (error) => error);
  assert.equal(error.status, status, JSON.stringify(error.response?.data ?? error.message));
  assert.ok(error.response.data.message, "a refusal says why");
  return error.response.data;
}

// The repository, its people and its branches.
assert.equal((await repos.get(at)).data.default_branch, "main");
assert.equal((await octokit.rest.users.getAuthenticated()).data.login, "ada");
assert.equal((await issues.listAssignees(at)).data.length, 2);
await issues.checkUserCanBeAssigned({ ...at, assignee: "bob" });
await refused(issues.checkUserCanBeAssigned({ ...at, assignee: "eve" }), 404);
const main = (await repos.getBranch({ ...at, branch: "main" })).data.commit.sha;
assert.equal((await repos.getCommit({ ...at, ref: main })).data.commit.verification.verified, false);
assert.equal((await git.getCommit({ ...at, commit_sha: main })).data.sha, main);
const file = (await repos.getContent({ ...at, path: "people.txt", ref: "people" })).data;
assert.equal(Buffer.from(file.content, "base64").toString(), "new\n");
await refused(repos.getContent({ ...at, path: "absent.txt" }), 404);
await git.createRef({ ...at, ref: "refs/heads/scratch", sha: main });
await refused(git.createRef({ ...at, ref: "refs/heads/scratch", sha: main }), 422);
await git.updateRef({ ...at, ref: "heads/scratch", sha: main });
assert.equal((await git.getRef({ ...at, ref: "heads/scratch" })).data.object.sha, main);
assert.equal((await git.listMatchingRefs({ ...at, ref: "heads/scr" })).data.length, 1);
await git.deleteRef({ ...at, ref: "heads/scratch" });
await refused(git.getRef({ ...at, ref: "heads/scratch" }), 404);

// What people have done: a pull request that was reviewed and spoken of.
assert.equal((await pulls.listReviews({ ...at, pull_number: 1 })).data[0].user.login, "bob");
assert.equal((await issues.listComments({ ...at, issue_number: 1 })).data[0].body, "looks good");

// A pull request, from its opening to its merge.
async function cycle(head, method) {
  const request = { title: `chore: release ${head}`, body: "notes", draft: false };
  const opened = await pulls.create({ ...at, head, base: "main", ...request });
  const pull_number = opened.data.number;
  await refused(pulls.create({ ...at, head, base: "main", title: "again" }), 422);
  await pulls.update({ ...at, pull_number, title: "chore: release", body: "more notes" });
  const found = await pulls.list({ ...at, head: `ada:${head}`, base: "main", state: "all" });
  assert.deepEqual(found.data.map((pull) => pull.number), [pull_number]);
  const issue_number = pull_number;
  await issues.addLabels({ ...at, issue_number, labels: ["autorelease: pending"] });
  await issues.removeLabel({ ...at, issue_number, name: "autorelease: pending" });
  await refused(issues.removeLabel({ ...at, issue_number, name: "autorelease: pending" }), 404);
  await pulls.requestReviewers({ ...at, pull_number, reviewers: ["bob"] });
  assert.equal((await pulls.listRequestedReviewers({ ...at, pull_number })).data.users[0].login, "bob");
  await refused(pulls.requestReviewers({ ...at, pull_number, reviewers: ["eve"] }), 422);
  await issues.addAssignees({ ...at, issue_number, assignees: ["bob"] });
  const comment = await issues.createComment({ ...at, issue_number, body: "said" });
  await issues.updateComment({ ...at, comment_id: comment.data.id, body: "said anew" });
  await pulls.update({ ...at, pull_number, state: "closed" });
  assert.equal((await issues.get({ ...at, issue_number })).data.closed_by.login, "ada");
  await pulls.update({ ...at, pull_number, state: "open" });
  await refused(pulls.merge({ ...at, pull_number, merge_method: method, sha: main }), 409);
  const merged = (await pulls.merge({ ...at, pull_number, merge_method: method })).data;
  const after = (await pulls.get({ ...at, pull_number })).data;
  assert.equal(after.merged && after.merge_commit_sha, merged.sha);
  assert.equal((await repos.getBranch({ ...at, branch: "main" })).data.commit.sha, merged.sha);
  const ofCommit = await repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: merged.sha });
  assert.equal(ofCommit.data[0].number, pull_number);
  await refused(pulls.merge({ ...at, pull_number, merge_method: method }), 405);
  return merged.sha;
}
for (const method of ["merge", "squash", "rebase"]) await cycle(method, method);

// Labels, over all their pages.
for (const name of ["one", "two", "three"]) {
  await issues.createLabel({ ...at, name, color: "ededed", description: name });
}
await refused(issues.createLabel({ ...at, name: "one", color: "ededed" }), 422);
assert.equal((await issues.getLabel({ ...at, name: "autorelease: pending" })).data.name, "autorelease: pending");
assert.equal((await issues.listLabelsForRepo(at)).data.length, 3);
assert.equal((await octokit.paginate(issues.listLabelsForRepo, { ...at, per_page: 100 })).length, 4);
assert.equal((await issues.listLabelsOnIssue({ ...at, issue_number: 1 })).data.length, 0);

// A release: a draft, its files, and its publication.
const tag_name = "v1.0.0";
const draft = (await repos.createRelease({ ...at, tag_name, name: "one", body: "notes", draft: true })).data;
await refused(repos.getReleaseByTag({ ...at, tag: tag_name }), 404);
const headers = { "content-type": "application/gzip" };
const upload = { ...at, release_id: draft.id, data: Buffer.from("bytes"), headers };
const asset = (await repos.uploadReleaseAsset({ ...upload, url: draft.upload_url, name: "a.tar.gz" })).data;
await refused(repos.uploadReleaseAsset({ ...upload, url: draft.upload_url, name: "a.tar.gz" }), 422);
assert.equal((await repos.getReleaseAsset({ ...at, asset_id: asset.id })).data.digest, asset.digest);
assert.equal((await repos.listReleaseAssets({ ...at, release_id: draft.id })).data.length, 1);
const half = (await repos.listReleaseAssets({ ...at, release_id: draft.id })).data[0].state;
assert.equal(half, "uploaded");
await repos.updateRelease({ ...at, release_id: draft.id, draft: false, make_latest: "true" });
assert.equal((await repos.getLatestRelease(at)).data.tag_name, tag_name);
assert.equal((await repos.getReleaseByTag({ ...at, tag: tag_name })).data.id, draft.id);
assert.equal((await repos.getRelease({ ...at, release_id: draft.id })).data.draft, false);
await refused(repos.createRelease({ ...at, tag_name }), 422);
const spare = (await repos.createRelease({ ...at, tag_name: "v1.1.0", draft: true })).data;
const more = await repos.uploadReleaseAsset({ ...upload, release_id: spare.id, url: spare.upload_url, name: "b.txt" });
await repos.deleteReleaseAsset({ ...at, asset_id: more.data.id });
assert.equal((await repos.listReleases({ ...at, per_page: 1 })).data[0].draft, true);
assert.equal((await octokit.paginate(repos.listReleases, { ...at, per_page: 1 })).length, 2);
await repos.deleteRelease({ ...at, release_id: spare.id });
await repos.createDispatchEvent({ ...at, event_type: "released", client_payload: { version: "1.0.0" } });

// GraphQL: each document fits the official schema, and so does each answer.
// It defines a field twice that nobody here asks for.
const schema = buildSchema(sources.idl, { assumeValid: true, assumeValidSDL: true });
async function ask(document, variables) {
  assert.deepEqual(validate(schema, parse(document)), []);
  const data = await octokit.graphql(document, variables);
  const again = await execute({ schema, document: parse(document), rootValue: data, variableValues: variables });
  assert.deepEqual(again.errors ?? [], []);
  assert.deepEqual(JSON.parse(JSON.stringify(again.data)), data);
  return data;
}
const tip = (await repos.getBranch({ ...at, branch: "signed" })).data.commit.sha;
const made = await ask(
  `mutation ($input: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $input) {
      commit { oid message tree { oid } signature { __typename isValid wasSignedByGitHub state } }
      ref { name prefix target { __typename oid } }
    }
  }`,
  {
    input: {
      branch: { repositoryNameWithOwner: "ada/tools", branchName: "signed" },
      expectedHeadOid: tip,
      message: { headline: "chore: release", body: "why" },
      fileChanges: { additions: [{ path: "a.txt", contents: Buffer.from("a\n").toString("base64") }] },
    },
  },
);
const oid = made.createCommitOnBranch.commit.oid;
assert.equal((await git.getCommit({ ...at, commit_sha: oid })).data.verification.verified, true);
const waiting = (await pulls.create({ ...at, head: "signed", base: "main", title: "chore: release" })).data;
const merge = `mutation ($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) {
    pullRequest { number state autoMergeRequest { mergeMethod enabledBy { login } } }
  }
}`;
const input = { pullRequestId: waiting.node_id, mergeMethod: "SQUASH", expectedHeadOid: oid };
await assert.rejects(ask(merge, { input }), /clean status/);

console.log([...used].sort().join("\n"));
