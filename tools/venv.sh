#!/bin/sh
# Make .venv with a Python that the pins support.   Usage: tools/venv.sh [folder]
# Takes $PYTHON if set, else the first of python3.13, 3.12, 3.11, python3 that works.
set -eu
folder=${1:-.venv}

# Being on the path is not enough: version managers put names there that only print an error.
usable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    usable "$PYTHON" || {
        echo "setup: PYTHON=$PYTHON is not a working Python 3.11, 3.12 or 3.13." >&2
        exit 1
    }
    chosen=$PYTHON
else
    chosen=
    for name in python3.13 python3.12 python3.11 python3 python; do
        if usable "$name"; then
            chosen=$name
            break
        fi
    done
    if [ -z "$chosen" ]; then
        echo "setup: the book needs Python 3.11, 3.12 or 3.13, and none was found." >&2
        echo "       Install one, or name it:  make PYTHON=/path/to/python3.12 book" >&2
        exit 1
    fi
fi

if ! "$chosen" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "setup: $chosen lacks the modules that make virtual environments." >&2
    echo "       Debian or Ubuntu:  sudo apt-get install python3-venv" >&2
    echo "       Or name another:   make PYTHON=/path/to/python3.12 book" >&2
    exit 1
fi

echo "setup: $("$chosen" --version) makes $folder"
"$chosen" -m venv --clear "$folder"
