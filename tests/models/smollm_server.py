"""Serve a model file on the loopback and print the address. A process of its own: one that is busy cannot be stopped from inside."""

from __future__ import annotations

import sys
import time

import xllamacpp

CONTEXT, LONGEST = 4096, 96


def main(path: str) -> None:
    """Serve until killed."""
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_predict, params.n_parallel = CONTEXT, LONGEST, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.sampling.seed = 7
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    time.sleep(24 * 3600)


if __name__ == "__main__":
    main(sys.argv[1])
