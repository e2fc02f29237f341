#!/usr/bin/env node
// Serves one greeting over HTTP, asks for it, and prints it in colour.
import chalk from "chalk";
import { program } from "commander";
import express from "express";

program.argument("[name]", "whom to greet", "world").option("--loud", "in capitals");
program.parse();
const greeting = `Hello, ${program.args[0] ?? "world"}!`;

const app = express();
app.get("/", (_, response) => response.send(program.opts().loud ? greeting.toUpperCase() : greeting));
const server = app.listen(0, "127.0.0.1", async () => {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`);
  console.log(chalk.green(await response.text()));
  server.close();
});
