"""The real hubbubd, for tests in Python."""
import contextlib
import os
import pathlib
import re
import subprocess
import tempfile

PATIENCE = 20  # seconds


class Daemon:
    """`address`: HOST:PORT, where it listens; `certificate`: the file of the one that it has, for localhost."""

    def __init__(self, address, certificate):
        self.address = address
        self.host, self.port = address.split(":")
        self.certificate = certificate


@contextlib.contextmanager
def daemon(program):
    """Runs it with a certificate, and ends it."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([program, "certificate", "localhost"], cwd=folder, check=True, capture_output=True, text=True)
        config = pathlib.Path(folder, "hubbubd.toml")
        config.write_text(made.stdout[made.stdout.index("[[tls]]"):], encoding="utf-8")
        with subprocess.Popen(
            [program, "--config", str(config), "--listen", "tcp://127.0.0.1:0", "--state-dir", os.path.join(folder, "state")],
            stderr=subprocess.PIPE, text=True) as running:
            try:
                log = []
                for line in running.stderr:
                    log.append(line)
                    told = re.search(r"listening on tcp://(127\.0\.0\.1:\d+)", line)
                    if told:
                        yield Daemon(told.group(1), os.path.join(folder, "localhost.crt"))
                        break
                else:
                    raise RuntimeError("the daemon does not listen:\n" + "".join(log))
            finally:
                running.terminate()
                running.communicate(timeout=PATIENCE)
