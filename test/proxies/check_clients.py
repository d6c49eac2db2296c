#!/usr/bin/env python3
"""check_clients.py HUBBUBD: programs that others have written, `openssl s_client`, curl and the package websockets of
Python, find what they expect. Each is skipped where it is missing."""
import asyncio
import importlib.util
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from daemon import PATIENCE, daemon  # noqa: E402

program = sys.argv.pop(1)
direct = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def run(words, given="", stays=False):
    """What it prints. `stays`: its input does not end, so that it ends by itself or not at all."""
    reader, writer = os.pipe()
    try:
        os.write(writer, given.encode())
        if not stays:
            writer = os.close(writer)
        done = subprocess.run(words, stdin=reader, capture_output=True, text=True, errors="replace", timeout=PATIENCE, env=direct, check=False)
    finally:
        os.close(reader)
        if writer is not None:
            os.close(writer)
    return done.stdout + done.stderr


@unittest.skipUnless(shutil.which("openssl"), "there is no openssl")
class OpenSSL(unittest.TestCase):
    def connect(self, *words, given="", stays=False):
        with daemon(program) as server:
            return run(["openssl", "s_client", "-connect", server.address, "-CAfile", server.certificate,
                        "-verify_return_error", "-verify_hostname", "localhost", *words], given, stays)

    def test_old_versions_are_refused(self):
        for version in ("-tls1", "-tls1_1"):
            self.assertIn("alert protocol version", self.connect(version, "-cipher", "ALL:@SECLEVEL=0"))

    def test_ciphers_have_forward_secrecy_and_authenticated_encryption(self):
        for version, cipher in (("-tls1_3", "Cipher is TLS_AES_256_GCM"), ("-tls1_2", "Cipher is ECDHE-ECDSA-AES256-GCM")):
            heard = self.connect(version)
            self.assertIn(cipher, heard)
            self.assertIn("Verify return code: 0 (ok)", heard)
            self.assertIn("Compression: NONE", heard)
        weak = "ALL:COMPLEMENTOFALL:!AESGCM:!CHACHA20:@SECLEVEL=0"
        self.assertIn("alert handshake failure", self.connect("-tls1_2", "-cipher", weak))
        self.assertIn("alert handshake failure", self.connect("-tls1_2", "-cipher", "ALL:!ECDHE:@SECLEVEL=0"))

    def test_no_renegotiation(self):
        heard = self.connect("-tls1_2", given="R\n", stays=True)
        self.assertIn("RENEGOTIATING", heard)
        self.assertIn("no renegotiation", heard)

    def test_a_person_talks_by_it_as_with_nc(self):
        heard = self.connect("-quiet", given="привет\n/quit\n")
        self.assertIn(": привет\n", heard)
        self.assertIn("* goodbye\n", heard)


@unittest.skipUnless(shutil.which("curl"), "there is no curl")
class Curl(unittest.TestCase):
    def test_pages(self):
        with daemon(program) as server:
            def get(url, *words):
                return run(["curl", "-sS", "--connect-to", f"::{server.address}", *words, url])

            # Built with the page or without it, it tells where its WebSocket is.
            page = get(f"https://localhost:{server.port}/", "--include", "--cacert", server.certificate)
            self.assertIn(f"wss://localhost:{server.port}", page)
            self.assertIn("ready\n", get(f"http://localhost:{server.port}/ready"))
            self.assertIn("self-signed certificate", get(f"https://localhost:{server.port}/").replace("self signed", "self-signed"))


@unittest.skipUnless(importlib.util.find_spec("websockets"), "there is no python3-websockets")
class WebSockets(unittest.TestCase):
    async def talk(self, url, context):
        import websockets

        async with websockets.connect(url, ssl=context, subprotocols=["hubbub.v1"]) as socket:
            self.assertEqual(socket.subprotocol, "hubbub.v1")
            await socket.send('{"type":"hello","version":1,"name":"webster"}\n{"type":"join","room":"lobby"}')
            await (await socket.ping())
            await socket.send(json.dumps({"type": "say", "room": "lobby", "text": "привет"}))
            await socket.send('{"type":"quit"}')
            types = []
            try:
                while True:
                    types.append(json.loads(await socket.recv())["type"])
            except websockets.ConnectionClosed as closed:
                self.assertEqual((closed.rcvd.code, closed.rcvd.reason), (1000, "quit"))
            self.assertEqual([each for each in types if each != "presence"], ["welcome", "joined", "message", "bye"])

    def test_a_conversation(self):
        with daemon(program) as server:
            context = ssl.create_default_context(cafile=server.certificate)
            for url, how in ((f"wss://localhost:{server.port}/ws", context), (f"ws://localhost:{server.port}/ws", None)):
                asyncio.run(asyncio.wait_for(self.talk(url, how), PATIENCE))


unittest.main()
