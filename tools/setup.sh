#!/bin/sh
# Builds .venv from the lock files. Usage: tools/setup.sh run | models | test | bench
# Bare machines are the rule: Python's venv module, Java 17 and, for the tests, PostgreSQL are installed where allowed.
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}
install() { as_root sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $* >/dev/null"; }
can_install() { command -v apt-get >/dev/null 2>&1 && as_root true; }
stop() { echo "setup: $*" >&2; exit 12; }

python=""
for candidate in python3.11 python3; do
  if command -v "$candidate" >/dev/null 2>&1 &&
     "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || stop "Python 3.11 is needed and was not found; install it (Debian/Ubuntu: apt-get install python3.11 python3.11-venv) and run this again."

java_fits() { "$1" -version 2>&1 | head -n 1 | grep -Eq '"(17|21)[."]'; }
find_java() {
  for candidate in "${JAVA_HOME:-/nonexistent}/bin/java" "$(command -v java || echo /nonexistent)" /usr/lib/jvm/*17*/bin/java /usr/lib/jvm/*21*/bin/java; do
    if [ -x "$candidate" ] && java_fits "$candidate"; then return 0; fi
  done
  return 1
}
if ! find_java; then
  if can_install; then echo "setup: installing Java 17"; install openjdk-17-jre-headless || true; fi
  find_java || stop "Java 17 is needed and could not be installed here; install it (Debian/Ubuntu: apt-get install openjdk-17-jre-headless) and run this again."
fi

# The tests start the stack's database; where it cannot be installed they say so and leave that part out.
if [ "$what" = test ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  if can_install; then echo "setup: installing PostgreSQL for the tests of the stack"; install postgresql || true; fi
fi

if [ ! -x .venv/bin/python ]; then
  "$python" -m venv .venv 2>/dev/null || {
    rm -rf .venv
    can_install && install "$(basename "$(readlink -f "$(command -v "$python")")")-venv" || true
    "$python" -m venv .venv || stop "Python's venv module is missing; install it (Debian/Ubuntu: apt-get install python3-venv) and run this again."
  }
fi
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/bootstrap.lock

lock=requirements.lock
[ "$what" = run ] || lock=requirements-$what.lock
echo "setup: installing $lock"
# Compiled here once: where Python may not write (or is told not to), every process would compile its libraries again.
.venv/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode --require-hashes -r "$lock" ||
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e . ||
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
.venv/bin/python -m compileall -q fundwatch dags jobs knowledge models expectations
touch ".venv/.ready-$what"
[ "$what" = run ] || touch .venv/.ready-run
[ "$what" = test ] && touch .venv/.ready-models
echo "setup: done"
