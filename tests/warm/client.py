"""Stands for a forked process: hands over folder, environment and streams, and ends as it does.

Usage: python -S -E tests/warm/client.py SOCKET WORD... It imports little, to start at once.
"""

import array
import json
import os
import socket
import sys

request = {"words": sys.argv[2:], "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    content = json.dumps(request).encode()
    streams = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))]
    connection.sendmsg([len(content).to_bytes(8, "big")], streams)
    connection.sendall(content)
    status = int(connection.recv(16) or b"256")
if os.WIFSIGNALED(status):
    os.kill(os.getpid(), os.WTERMSIG(status))
sys.exit(os.waitstatus_to_exitcode(status))
