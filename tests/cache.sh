# Sourced by tests/run, tests/bench and .ci/run: tools that are installed once, in the user's cache.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plimsoll

# Installs a tool unless it is there and sets $tool to its folder.
#   cached NAME PINS BUILD [ARGUMENT...]
# BUILD is a program, or a function of this file.
# PINS is all that decides what gets installed; its hash is part of the folder's name, so that a new pin is
# a new folder. BUILD is called with the arguments and, last, an empty folder to fill. The folder gets its
# name only when BUILD has succeeded: an interrupted install leaves nothing behind that looks like a tool,
# and of two installs at once one waits, or, where the system has no `flock`, the second one is dropped.
cached() {
  local name=$1 pins=$2 lock status=0
  shift 2
  tool=$cache/$name-$(printf %s "$pins" | sha256 | cut -c1-12)
  [[ -d $tool ]] && return
  mkdir -p "$cache"
  exec {lock}>"$cache/$name.lock"
  if command -v flock >/dev/null; then flock "$lock"; fi
  if [[ ! -d $tool ]]; then
    local started=$SECONDS fresh
    fresh=$(mktemp -d "$cache/.$name-XXXXXX")
    echo "installing $name into $tool" >&2
    # In a shell of its own, because `set -e` does not count inside a condition, nor below one.
    bash -euo pipefail -c '. "$0"; "$@"' "$root/tests/cache.sh" "$@" "$fresh" >&2 {lock}>&- || status=$?
    if ((status == 0)); then
      if [[ -d $tool ]]; then rm -rf "$fresh"; else mv "$fresh" "$tool"; fi
      echo "installed $name in $((SECONDS - started)) s" >&2
    else
      chmod -R u+w "$fresh" && rm -rf "$fresh"
      echo "cannot install $name (status $status)" >&2
    fi
  fi
  exec {lock}>&-
  return "$status"
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# Recipes.

# etcd, kube-apiserver and its type check; what is pinned is what kube/*/go.mod and go.sum say.
kube_binaries() {
  cached kube "$(cat "$root"/tests/kube/build "$root"/tests/kube/*/go.{mod,sum} "$root"/tests/kube/*/*/main.go)" "$root/tests/kube/build"
}

# A Python environment with exactly what a requirements file lists. It is made in one place and moved to
# another, so its programs are started as `$tool/bin/python $tool/bin/NAME`, never by their first line.
python_tools() {
  cached "$1" "$(cat "$2")" python_environment "$2"
}
python_environment() {
  python3 -m venv "$2"
  "$2/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$1"
}

# A program of a Go module: go_tool NAME PACKAGE@VERSION
go_tool() {
  cached "$1" "$2" go_program "$2"
}
go_program() {
  GOBIN=$2 CGO_ENABLED=0 GOWORK=off GOFLAGS=-trimpath go install -ldflags '-s -w' "$1"
}

# A program of a crate: cargo_tool NAME VERSION
cargo_tool() {
  cached "$1" "$1 $2" cargo_program "$1" "$2"
}
cargo_program() {
  # In a target folder of its own: the workspace's build settings are not this tool's.
  build=$(mktemp -d)
  trap 'rm -rf "$build"' EXIT
  cd "$build"
  CARGO_TARGET_DIR=$build cargo install --quiet --locked --root "$3" "$1@$2"
}
