// Serves recorded answers of api.github.com on loopback: node fixtures.mjs PORT URL. The URL is the address that the
// answers name. The program that comes with the package listens on every address, so this one takes its place.
import express from "express";
import serve from "@octokit/fixtures-server";
import recorded from "@octokit/fixtures-server/lib/glob-to-fixtures.js";

const [port, fixturesUrl] = process.argv.slice(2);
const scenarios = import.meta.dirname + "/node_modules/@octokit/fixtures/scenarios/**/normalized-fixture.json";
express()
  .use(serve({ fixturesUrl, logLevel: "error", fixtures: recorded(scenarios) }))
  .listen(Number(port), "127.0.0.1");
