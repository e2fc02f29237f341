# The phases of an npm application.

npmConfigHook() {
  export HOME=$TMPDIR npm_config_nodedir=/usr
  cmp package-lock.json "$npmDeps/package-lock.json" || cmp npm-shrinkwrap.json "$npmDeps/package-lock.json"
  local cache=$npmDeps
  if [ -n "${makeCacheWritable-}" ]; then
    cache=$TMPDIR/cache
    cp -r "$npmDeps" "$cache"
    chmod -R u+w "$cache"
  fi
  npm config set cache "$cache"
  npm config set offline true
  npm config set progress false
  npm config set update-notifier false
  npm ci --ignore-scripts ${npmInstallFlags[*]-} ${npmFlags[*]-}
  patchShebangs node_modules
  npm rebuild ${npmRebuildFlags[*]-} ${npmFlags[*]-}
  patchShebangs node_modules
}
postPatchHooks+=(npmConfigHook)

npmBuildHook() {
  runHook preBuild
  npm run ${npmWorkspace:+--workspace="$npmWorkspace"} "$npmBuildScript" ${npmBuildFlags[*]-} ${npmFlags[*]-}
  runHook postBuild
}

npmInstallHook() {
  runHook preInstall
  npm config delete cache
  local name packageOut file program target
  name=$(node -p 'require("./package.json").name')
  packageOut=$out/lib/node_modules/$name
  npm pack --json --dry-run ${npmWorkspace:+--workspace="$npmWorkspace"} ${npmPackFlags[*]-} ${npmFlags[*]-} > "$TMPDIR/packed"
  while IFS= read -r file; do
    mkdir -p "$packageOut/$(dirname "$file")"
    cp "${npmWorkspace:-.}/$file" "$packageOut/$file"
  done < <(node -e '
    const text = require("fs").readFileSync(0, "utf8");
    const packed = JSON.parse(text.slice(text.search(/^[[{]/m)));
    for (const { path } of (Array.isArray(packed) ? packed : Object.values(packed))[0].files) console.log(path);
  ' < "$TMPDIR/packed")
  while read -r program target; do
    [ -n "$program" ] || continue
    makeWrapper "$(command -v node)" "$out/bin/$program" --add-flags "$packageOut/$target"
  done < <(node -p '
    const { name, bin } = require(require("path").resolve(process.argv[1], "package.json"));
    const all = typeof bin === "string" ? { [name.split("/").pop()]: bin } : bin ?? {};
    Object.entries(all).map((one) => one.join(" ")).join("\n")
  ' "${npmWorkspace:-.}")
  npm prune --omit=dev --no-save ${npmWorkspace:+--workspace="$npmWorkspace"} ${npmFlags[*]-}
  if [ -d node_modules ]; then
    find node_modules -maxdepth 1 -type d -empty -delete
    if [ -d node_modules ]; then cp -r node_modules "$packageOut/node_modules"; fi
  fi
  runHook postInstall
}

if [ -n "${dontNpmBuild-}" ]; then buildPhase=:; else buildPhase=${buildPhase:-npmBuildHook}; fi
installPhase=${installPhase:-npmInstallHook}

# As nixpkgs has it: no link of a result may lead nowhere.
noBrokenLinks() {
  local broken
  broken=$(find "$out" -xtype l)
  if [ -n "$broken" ]; then echo "broken links: $broken" >&2; return 1; fi
}
postFixupHooks+=(noBrokenLinks)
