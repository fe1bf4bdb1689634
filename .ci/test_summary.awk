# Reads the output of one or several runs of `deno test` and prints
#
#   N passed, N failed, N skipped
#
# as the sum of their own summary lines, such as
#
#   ok | 123 passed (5 steps) | 0 failed | 2 ignored (1s)
#
# Exits 1 when there is nothing to be glad of: no summary, no test that ran, one that failed, or an
# ignored test of containers or of pages in a browser, which on this machine means that no engine or
# no Chromium was found.

{ gsub(/\033\[[0-9;]*m/, "") }

/^running [0-9]+ tests? from / {
  must_run = $0 ~ / from \.?\/?tests\/(docker\/|browser\/|dicom\/|contract\/)/
}

must_run && / \.\.\. ignored \(/ {
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
