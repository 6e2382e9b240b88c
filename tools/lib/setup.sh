# shellcheck shell=sh
# What tools/try and tools/check share: the packages, and the build in build/. Sourced; $self is the script's
# name, and the working directory is the top of the tree.

# shellcheck disable=SC2034 # used by who sources this
build_packages='gcc g++ libc6-dev meson ninja-build pkg-config libunwind-dev liblzma-dev libbsd-dev uthash-dev libdw-dev
    libelf-dev libiberty-dev libjansson-dev libsqlite3-dev zlib1g-dev'

say() {
    printf '%s: %s\n' "${self?}" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# Those of the packages $* that are not installed.
missing_packages() {
    for package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
    done
}

# Installs what is missing of the packages $*; touches neither apt nor the network when nothing is.
install_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        die 'no apt here; what is needed, by the names of Debian packages:' "$@"
    fi
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    as_root='env'
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "not root, and no sudo; as root: apt-get install $missing"
        as_root='sudo env'
    fi
    say "installing $missing"
    if ! $as_root apt-get update -q </dev/null >&2; then
        say 'apt-get update failed; going on with the lists that are there'
    fi
    # shellcheck disable=SC2086 # words are meant
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing </dev/null >&2 ||
        die 'apt-get install failed; see above'
}

# build/, up to date; $* are options for meson.
build_tree() {
    if [ ! -f build/build.ninja ]; then
        meson setup build "$@" >&2 || die 'meson setup failed; see above'
    elif [ $# -gt 0 ]; then
        meson configure build "$@" >&2 || die 'meson configure failed; see above'
    fi
    ninja -C build >&2 || die 'the build failed; see above'
}
