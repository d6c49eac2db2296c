#!/usr/bin/env python3
"""A bot that answers !ping, with nothing but Python. To be copied as a start:

    python3 bot.py [HOST [PORT]]
"""
import json
import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
port = sys.argv[2] if len(sys.argv) > 2 else 7717
wire = socket.create_connection((host, port))


def send(**request):
    wire.sendall(json.dumps(request).encode() + b"\n")


send(type="hello", version=1, name="pingbot", client="bot.py/1")
for line in wire.makefile(encoding="utf-8", newline="\n"):  # for reading alone: a file for both drops lines when it writes
    event = json.loads(line) if line.startswith("{") else {}  # a slow hello is greeted with plain text
    match event.get("type"):
        case "welcome":
            send(type="join", room=event["default_room"], replay=0)  # earlier messages are not for this run
        case "message" if "room" in event and event.get("text") == "!ping":  # a private one has no room
            send(type="say", room=event["room"], text=f"pong, {event['from']}")
        case "ping":  # the server asks whether anybody is there
            send(type="pong")
        case "error" | "bye":
            print("bot:", event["text"], file=sys.stderr)
sys.exit(1)  # the server has closed the connection
