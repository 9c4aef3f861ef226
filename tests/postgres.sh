#!/usr/bin/env bash
# Run a command on a throwaway cluster of Debian's PostgreSQL: tests/postgres.sh COMMAND [ARGUMENTS]
set -euo pipefail

find_programs() { ls -d /usr/lib/postgresql/15/bin 2>/dev/null || ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | head -1; }

programs=$(find_programs)
if [ -z "$programs" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # The package would make a cluster of its own and start it.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    apt-get -qq update >&2
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends postgresql-15 >&2 ||
        DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends postgresql >&2
    programs=$(find_programs)
fi
[ -n "$programs" ] || { echo "No PostgreSQL below /usr/lib/postgresql: install Debian's package postgresql." >&2; exit 1; }

folder=$(mktemp -d)
as_server=()
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    as_server=(setpriv --reuid postgres --regid postgres --clear-groups)
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
secret=$(python3 -c 'import secrets; print(secrets.token_urlsafe(24))')

server() { (cd / && "${as_server[@]}" "$programs/$1" "${@:2}"); }
stop() {
    server pg_ctl -D "$folder/cluster" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM HUP

(umask 077 && printf '%s\n' "$secret" >"$folder/password")
[ "$(id -u)" != 0 ] || chown postgres "$folder/password"
server initdb -D "$folder/cluster" -U postgres --pwfile="$folder/password" -A scram-sha-256 -E UTF8 --locale=C.UTF-8 >/dev/null
server pg_ctl -D "$folder/cluster" -l "$folder/log" -w -o "-p $port -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories=$folder -c fsync=off -c full_page_writes=off -c max_connections=100 -c timezone=UTC" start >/dev/null
PGPASSWORD=$secret "$programs/psql" -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres -d postgres <<SQL
CREATE ROLE expertim_owner LOGIN CREATEDB PASSWORD '$secret';
CREATE ROLE expertim_app LOGIN PASSWORD '$secret';
CREATE DATABASE expertim OWNER expertim_owner;
REVOKE ALL ON DATABASE expertim FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE expertim TO expertim_app;
SQL
export DATABASE_URL="postgresql://expertim_app:$secret@127.0.0.1:$port/expertim"
export DATABASE_OWNER_URL="postgresql://expertim_owner:$secret@127.0.0.1:$port/expertim"
"$@"
