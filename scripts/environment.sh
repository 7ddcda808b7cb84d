#!/bin/sh
# Make the environment in $1 from requirements.lock and install this project into it, editable.
# Needs only python 3.11 to 3.13; uv is used where it is found, and pip takes over where uv cannot do it.
set -eu

venv="${1:?usage: environment.sh DIRECTORY}"
python="$venv/bin/python"
fits='import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))'

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if "$name" -c "$fits" 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "VENDORA needs Python 3.11, 3.12 or 3.13 and found none. Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2
    return 1
}

with_uv() {
    command -v uv >/dev/null 2>&1 || return 1
    echo "Installing the pinned dependencies into $venv (uv) ..."
    uv pip install --quiet --python "$python" --compile-bytecode -r requirements.lock
}

with_pip() {
    echo "Installing the pinned dependencies into $venv (pip; two or three minutes the first time) ..."
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip --default-pip >/dev/null
    "$python" -m pip install -qq --disable-pip-version-check --no-deps -r requirements.lock
}

install_project() { # the build back end comes from the lock, so nothing more is downloaded
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
    else
        uv pip install --quiet --python "$python" --no-deps --no-build-isolation --editable .
    fi
}

if ! "$python" -c "$fits" 2>/dev/null; then
    rm -rf "$venv"
    "$(find_python)" -m venv "$venv"
fi
with_uv || with_pip
install_project
"$python" -m compileall -q vendora_graph # imports are the cold start: never compile them while somebody waits
: >"$venv/.ready"
