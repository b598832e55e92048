#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tfjs-approx's engine tests and benchmark on this machine's GPU: sh run.sh --help
# Needs Linux on x86-64 with glibc 2.34 or later, libstdc++, and the GPU's Vulkan driver; nothing else.

case $0 in
  */*) here=${0%/*} ;;
  *) here=. ;;
esac
here=$(CDPATH='' cd -- "$here" && pwd) || exit 1

# The dynamic loader reads LD_LIBRARY_PATH only when a process starts. lib holds the Vulkan loader alone.
LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
# Variables of the caller that would change what is run.
unset NODE_OPTIONS NODE_PATH APPROX_ENGINE APPROX_MULTIPLIER APPROX_TEST_ADAPTER APPROX_TEST_RESULTS

# In a variable, as an empty root may have no /dev/null.
if ! version=$("$here/bin/node" --version); then
  echo 'run.sh: the Node of this pack does not start here; what it said is above.' >&2
  echo 'It needs Linux on x86-64 with glibc 2.34 or later (Ubuntu 22.04, Debian 12, RHEL 9) and libstdc++6.' >&2
  exit 1
fi
echo "Node $version"
exec "$here/bin/node" "$here/app/run.mjs" "$@"
