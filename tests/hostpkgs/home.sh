# A home for what wants one while it is built or tested.

writableTmpDirAsHome() {
  HOME=$(mktemp -d)
  export HOME
}
preConfigureHooks+=(writableTmpDirAsHome)
