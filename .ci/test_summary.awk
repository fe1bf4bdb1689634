# Reads the output of one or more runs of `deno test` and prints
#
#   N passed, N failed, N skipped
#
# with the sums of their summary lines, such as
#
#   ok | 123 passed (5 steps) | 0 failed | 2 ignored (1s)
#
# Exits 1 if there is no summary, if no test passed, or if a test failed or was ignored. A test is
# ignored if something that it needs is missing, and .ci/run has installed everything that tests need.

{ gsub(/\033\[[0-9;]*m/, "") }

/ \.\.\. ignored \(/ {
  wrongly_ignored++
  print "ignored test that should have run: " $0 > "/dev/stderr"
}

/^(ok|FAILED) \| [0-9]+ passed/ {
  summaries++
  for (field = 1; field < NF; field++) {
    if ($(field + 1) == "passed") passed += $field
    if ($(field + 1) == "failed") failed += $field
    if ($(field + 1) == "ignored") skipped += $field
  }
}

END {
  printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
  exit (summaries == 0 || passed == 0 || failed > 0 || wrongly_ignored > 0)
}
