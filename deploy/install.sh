#!/bin/sh
# Installs Leitstand from the unpacked offline bundle. Needs python3 (3.11 to 3.13) and no network.
#
#   ./install.sh [--target DIR] [--data DIR] [--user NAME] [--python PATH]
#
# --target  program folder            (/opt/leitstand)
# --data    data folder               (/var/lib/leitstand)
# --user    system user of the service, who gets the data folder (root only; default: whoever runs this)
#
# A second run upgrades: it keeps leitstand.env and the data, and `migrate` makes a backup first.
# Exit codes: 0 installed and healthy, 1 failed, 2 usage, 3 something is missing on this machine.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
target=/opt/leitstand
data=/var/lib/leitstand
user=''
python=python3

say() { echo "leitstand: $*" >&2; }
stop() { code=$1; shift; say "$*"; exit "$code"; }

while [ $# -gt 0 ]; do
    case $1 in
        --target|--data|--user|--python)
            [ $# -ge 2 ] || stop 2 "$1 needs a value"
            case $1 in
                --target) target=$2 ;;
                --data) data=$2 ;;
                --user) user=$2 ;;
                --python) python=$2 ;;
            esac
            shift 2 ;;
        -h|--help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        *) stop 2 "unknown argument $1; see ./install.sh --help" ;;
    esac
done
case $target$data in *[!A-Za-z0-9/._+-]*) stop 2 "use folder names of letters, digits and . _ + - only" ;; esac
case $target in /*) ;; *) target=$PWD/$target ;; esac
case $data in /*) ;; *) data=$PWD/$data ;; esac

say "checking the sums of the bundle"
(cd "$here" && sha256sum --quiet --strict -c SHA256SUMS) || stop 1 "the bundle is damaged or was changed; fetch it again"

command -v "$python" >/dev/null 2>&1 || stop 3 "$python is missing; install it: apt install python3"
version=$("$python" -E -c 'import sys; print("%d.%d" % sys.version_info[:2])') || stop 3 "$python does not run"
case " $(cat "$here/PYTHON_VERSIONS") " in
    *" $version "*) ;;
    *) stop 3 "the bundle is for Python $(cat "$here/PYTHON_VERSIONS"), but $python is $version; name another: --python PATH" ;;
esac
machine=$(uname -m)
[ "$machine" = "$(cat "$here/MACHINE")" ] || stop 3 "the bundle is for $(cat "$here/MACHINE"), but this machine is $machine"
if [ -n "$user" ]; then
    [ "$(id -u)" = 0 ] || stop 2 "--user needs root"
    id "$user" >/dev/null 2>&1 || stop 3 "the user $user is missing; create it: useradd --system --home-dir $data --shell /usr/sbin/nologin $user"
fi

# Files of root must be readable for the service, whatever the caller's umask is.
umask 022
mkdir -p "$target/bin" "$target/share" 2>/dev/null || stop 1 "$target cannot be written; run as root or choose --target"
[ -w "$target" ] || stop 1 "$target cannot be written; run as root or choose --target"

say "installing into $target"
rm -rf "$target/.uv" "$target/venv.new"
"$python" -E -m zipfile -e "$here"/uv/uv-*.whl "$target/.uv"
uv=$(echo "$target"/.uv/uv-*.data/scripts/uv)
chmod 755 "$uv"
export UV_OFFLINE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never UV_CACHE_DIR="$target/.uv/cache" UV_LINK_MODE=copy
unset UV_INDEX UV_DEFAULT_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS PYTHONPATH PYTHONHOME VIRTUAL_ENV || true
# A fresh environment beside the old one: a failure leaves the running version untouched.
"$uv" venv --quiet --relocatable --python "$(command -v "$python")" "$target/venv.new" || stop 1 "the environment cannot be created"
"$uv" pip install --quiet --python "$target/venv.new/bin/python" --no-index --find-links "$here/wheels" \
    --no-deps --require-hashes -r "$here/requirements.txt" || stop 1 "a package of the bundle does not fit this machine"
"$target/venv.new/bin/python" -m compileall -q "$target/venv.new/lib" >/dev/null 2>&1 || true
rm -rf "$target/venv.old"
[ ! -e "$target/venv" ] || mv "$target/venv" "$target/venv.old"
mv "$target/venv.new" "$target/venv"
rm -rf "$target/venv.old" "$target/.uv"

rm -rf "$target/share/deploy" "$target/share/doc"
cp -R "$here/deploy" "$target/share/deploy"
cp -R "$here/doc" "$target/share/doc"
cp "$here/sbom.json" "$target/share/sbom.json"
for unit in "$target"/share/deploy/systemd/*.service; do
    sed -i -e "s#/opt/leitstand#$target#g" -e "s#/var/lib/leitstand#$data#g" \
        -e "s#^\(User\|Group\)=leitstand#\1=${user:-leitstand}#" "$unit"
done

if [ ! -e "$target/leitstand.env" ]; then
    (umask 077; cat > "$target/leitstand.env" <<ENV
# Settings of this instance, read by systemd and by $target/bin/leitstand.
# All variables: $target/share/doc/reference/settings.md
LEITSTAND_DATA=$data
LEITSTAND_HOST=127.0.0.1
LEITSTAND_PORT=8000
#LEITSTAND_PUBLIC_URL=https://leitstand.example.org
#LEITSTAND_DATABASE_URL=postgresql://leitstand:password@127.0.0.1:5432/leitstand
ENV
    )
    [ -z "$user" ] || chown "$user" "$target/leitstand.env"
fi
cat > "$target/bin/leitstand" <<RUN
#!/bin/sh
# The command with this instance's settings; variables that are already set win.
while IFS='=' read -r name value; do
    case \$name in
        LEITSTAND_[A-Z]*) eval "[ -n \"\\\${\$name+x}\" ]" || export "\$name=\$value" ;;
    esac
done < "$target/leitstand.env"
exec "$target/venv/bin/leitstand" "\$@"
RUN
chmod 755 "$target/bin/leitstand"
if [ -n "${LEITSTAND_SKIP_START:-}" ]; then
    say "installed; `leitstand migrate` prepares the database"
    exit 0
fi

run() {
    if [ -n "$user" ]; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$target/bin/leitstand" "$@"
    else
        "$target/bin/leitstand" "$@"
    fi
}
mkdir -p "$data" || stop 1 "$data cannot be written; run as root or choose --data"
chmod 700 "$data"
[ -z "$user" ] || chown "$user:$(id -g "$user")" "$data"
cd "$data"
say "preparing the database"
run migrate >&2 || stop 1 "the database could not be prepared; the data are as before"
run doctor || stop 1 "installed, but doctor found something; see above"

say "installed. Next steps (share/doc/how-to/operate.md):"
say "  $target/bin/leitstand user create --help             the first account"
say "  cp $target/share/deploy/systemd/*.service /etc/systemd/system/ && systemctl daemon-reload"
say "  systemctl enable --now leitstand-web@8000 leitstand-worker"
