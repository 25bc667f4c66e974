# Checks of the files of the Debian package, for packaging/deb/test, which sources this file.
# They expect `fail`, and in variables the `work` folder with the unpacked `files`, the `package`, its
# `version` and the built `program`.

check_files() {
    local files="$work/files" path
    "$files/usr/bin/graphwarden" --version | grep -F "version $version (" >/dev/null \
        || fail "the program has another version"
    # A program that needs no library of Swift, cannot be patched once it runs, and searches no path.
    local dynamic
    dynamic="$(readelf --wide --dynamic "$files/usr/bin/graphwarden")"
    ! grep -Eq 'RPATH|RUNPATH|libswift|libFoundation|libdispatch' <<<"$dynamic" || fail "$dynamic"
    grep -q 'BIND_NOW\|Flags: .*NOW' <<<"$dynamic" || fail "symbols are not resolved at the start"
    for path in $(cd "$files/DEBIAN" && cat conffiles); do
        case "$path" in
            /etc/graphwarden/graphwarden.yml | /etc/graphwarden/rules/*.yml | /etc/default/graphwarden) ;;
            *) fail "unexpected conffile $path" ;;
        esac
    done
    [ "$(grep -c '^/etc/graphwarden/rules/' "$files/DEBIAN/conffiles")" \
        = "$(git ls-files ':(glob)rules/*.yml' | wc -l)" ] || fail "rules are missing"
    "$files/usr/bin/graphwarden" check rules "$files"/etc/graphwarden/rules/*.yml >/dev/null
    find "$files" ! -user root -o -perm /o+w ! -type l | grep . && fail "these are writable"
    local name
    for name in $(sed -n 's/.*"identity" : "\(.*\)",/\1/p' Package.resolved); do
        grep -q "checkouts/$name/" packaging/deb/copyright || fail "copyright lacks $name"
        grep -qF "\"name\": \"$name\"" "$files/usr/share/doc/graphwarden/graphwarden.cdx.json" \
            || fail "the bill of materials lacks $name"
    done
}

# Installed-Size as dpkg-gencontrol computes it from the files.
check_size() {
    local source="$work/size" expected
    mkdir -p "$source/debian"
    dpkg-deb -x "$package" "$source/files"
    printf 'Source: graphwarden\n\nPackage: graphwarden\nArchitecture: any\n' \
        >"$source/debian/control"
    zcat "$source/files/usr/share/doc/graphwarden/changelog.gz" >"$source/debian/changelog"
    expected="$(cd "$source" && dpkg-gencontrol -Pfiles -O 2>/dev/null \
        | sed -n 's/^Installed-Size: //p')"
    [ "$(dpkg-deb -f "$package" Installed-Size)" = "$expected" ] \
        || fail "Installed-Size is $(dpkg-deb -f "$package" Installed-Size), not $expected"
}

# The scripts of this tree in a repository of their own, with tags, commits and other files.
check_version() {
    local tree="$work/repository" order=() i
    mkdir -p "$tree/rules" "$tree/Sources/CBuildStamp"
    cp -r --parents packaging/version packaging/install-tracked Sources/CBuildStamp "$tree"
    touch "$tree/rules/tracked.yml"
    local git=(git -C "$tree" -c user.name=nobody -c user.email=nobody@packages.invalid)
    commit() {
        GIT_COMMITTER_DATE="2026-11-28T$1Z" "${git[@]}" commit --quiet --allow-empty --message=change
        order+=("$("$tree/packaging/version")")
    }
    is_version() { [ "${order[-1]}" = "$1" ] || fail "the version is ${order[-1]}, not $1"; }
    "${git[@]}" init --quiet
    "${git[@]}" add .
    for i in {1..9}; do commit "09:30:0$i"; done
    is_version "0.1.0~git20261128.093009.$("${git[@]}" rev-parse --short=12 HEAD)"
    commit 10:00:00
    "${git[@]}" tag v0.1.0-rc1
    order+=("$("$tree/packaging/version")")
    is_version '0.1.0~rc1'
    commit 10:00:00
    is_version "0.1.0~rc1+git1.$("${git[@]}" rev-parse --short=12 HEAD)"
    "${git[@]}" tag v0.1.0
    order+=("$("$tree/packaging/version")")
    is_version 0.1.0
    commit 10:00:00
    for ((i = 1; i < ${#order[@]}; i++)); do
        dpkg --compare-versions "${order[i - 1]}" lt "${order[i]}" \
            || fail "${order[i]} is not newer than ${order[i - 1]}"
    done
    touch "$tree/rules/untracked.yml"
    [ "$("$tree/packaging/version")" = "${order[-1]}.dirty" ] || fail "untracked files are not dirty"
    "$tree/packaging/install-tracked" "$tree/installed" 'rules/*.yml'
    [ "$(ls "$tree/installed")" = tracked.yml ] || fail "untracked files are installed"
}

check_help() {
    local share="$work/files/usr/share" page command warnings
    for page in "$share"/man/man?/*; do
        warnings="$(MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)"
        [ -z "$warnings" ] || fail "$page: $warnings"
    done
    for command in $("$program" --help | sed -n '/SUBCOMMANDS/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        [ -e "$share/man/man1/graphwarden-$command.1.gz" ] || fail "no man page for $command"
        grep -q "$command" "$share/bash-completion/completions/graphwarden" \
            || fail "no completion of $command"
    done
    bash -n "$share/bash-completion/completions/graphwarden"
    zsh -n "$share/zsh/vendor-completions/_graphwarden"
    fish --no-execute "$share/fish/vendor_completions.d/graphwarden.fish"
    zcat "$share/man/man5/graphwarden.yml.5.gz" | grep 'remediation.startup_grace' >/dev/null \
        || fail "graphwarden.yml(5) lacks keys"
}

# The highest exposure that the unit may have, as systemd computes it: 0 is best, 10 worst.
exposure=2.0
check_units() {
    local units=lib/systemd/system
    # The programs that the units name are in the files of the package, not on this host.
    mkdir -p "$work/verify/usr" && cp -r "$work/files/usr/bin" "$work/files/usr/libexec" \
        "$work/verify/usr" && cp -r "$work/files/lib" "$work/verify/lib"
    cp -r /usr/lib/systemd/system/{sysinit,basic,sockets,multi-user,network-online,time-sync,shutdown}.target \
        "$work/verify/$units"
    cp packaging/systemd/credentials.conf "$work/verify/$units/graphwarden.service.d"
    mkdir -p "$work/verify/bin" && cp /bin/sh "$work/verify/bin"
    systemd-analyze verify --man=no --root="$work/verify" graphwarden.service graphwarden.socket
    systemd-analyze security --no-pager --offline=true --threshold="${exposure/./}" \
        --root="$work/verify" graphwarden.service >"$work/security" || fail "$(cat "$work/security")"
    tail -1 "$work/security"
}
