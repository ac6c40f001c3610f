"""Run a server for exactly as long as the process that asked for it lives: it ends when standard input closes.

Arguments: the signal that stops it, the user and group to run as (0 0: as we are), its folder, its command.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading


def main(stop: int, user: int, group: int, folder: str, command: list[str]) -> None:
    identity = {"user": user, "group": group, "extra_groups": []} if user else {}
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=folder, **identity)
    asked = threading.Event()
    threading.Thread(target=give_up_with, args=(process, asked), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    asked.set()
    process.send_signal(stop)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_up_with(process: subprocess.Popen, asked: threading.Event) -> None:
    """A server that ends unasked takes its leash along, so that whoever waits for it hears of it."""
    process.wait()
    if not asked.is_set():
        os._exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), sys.argv[4], sys.argv[5:])
