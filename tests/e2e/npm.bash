# Packages of the npm registry that are readers of what we write: installed once a build directory.

# npm_has PACKAGE@VERSION...: they are there, and node finds them; else the test is skipped.
npm_has() {
    local folder=$build/npm package
    command -v npm >/dev/null || skip 'no npm'
    mkdir -p "$folder"
    for package; do
        grep -qxF -e "$package" "$folder/installed" 2>/dev/null && continue
        (cd "$folder" && timeout 120 npm install --prefix . --silent --no-audit --no-fund --ignore-scripts "$package" >npm.log 2>&1 </dev/null) ||
            skip "npm can't install $package: $(tail -n 1 "$folder/npm.log")"
        echo "$package" >>"$folder/installed"
    done
    export NODE_PATH=$folder/node_modules
}
