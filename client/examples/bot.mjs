#!/usr/bin/env node
// A bot that answers !ping, with nothing but Node.js. To be copied as a start:
//   node bot.mjs [HOST [PORT]]
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [host = "127.0.0.1", port = "7717"] = process.argv.slice(2);
const wire = connect({ host, port: Number(port) });
const send = (request) => wire.write(JSON.stringify(request) + "\n");

const answers = {
  welcome: (event) => send({ type: "join", room: event.default_room, replay: 0 }), // earlier messages are not for this run
  message({ room, from, text }) {
    if (room && text === "!ping") send({ type: "say", room, text: `pong, ${from}` }); // a private one has no room
  },
  ping: () => send({ type: "pong" }), // the server asks whether anybody is there
  error: (event) => console.error("bot:", event.text),
  bye: (event) => console.error("bot:", event.text),
};

send({ type: "hello", version: 1, name: "pingbot", client: "bot.mjs/1" });
createInterface(wire).on("line", (line) => {
  const event = line.startsWith("{") ? JSON.parse(line) : {}; // a slow hello is greeted with plain text
  answers[event.type]?.(event);
});
wire.on("close", () => (process.exitCode = 1)); // the server has closed the connection
