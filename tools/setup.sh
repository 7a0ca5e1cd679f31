#!/bin/sh
# Finds a Python that is new enough and hands over to tools/environment.py.
# A shell script, because an old Python could not even parse the Python files.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 1
seen=''

try() {
    command -v "$1" >/dev/null 2>&1 || return 0
    seen=${seen:-$1}
    if "$1" -E -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command=$1
        shift
        exec "$command" -E "$here/environment.py" "$@"
    fi
}

if [ -n "${PYTHON:-}" ]; then
    try "$PYTHON" "$@"
else
    for candidate in python3 python3.13 python3.12 python3.11; do
        try "$candidate" "$@"
    done
fi

if [ -n "$seen" ]; then
    echo "leitstand: Python 3.11 or newer is needed, but $seen is $("$seen" -V 2>&1); install a newer one (Debian 12, Ubuntu 24.04: apt install python3; Ubuntu 22.04: apt install python3.11) or name it: make PYTHON=/path/to/python3.12" >&2
else
    echo "leitstand: ${PYTHON:-python3} is missing; install it: apt install python3 python3-venv" >&2
fi
exit 3
