# Reads the output of one or several runs of `deno test` and prints
#
#   N passed, N failed, N skipped
#
# as the sum of their own summary lines, such as
#
#   ok | 123 passed (5 steps) | 0 failed | 2 ignored (1s)
#
# Exits 1 when there is nothing to be glad of: no summary, no test that ran, one that failed, or one
# that was ignored. A test is ignored where something that it needs is missing, and .ci/run has just
# installed everything that any of them needs.

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
