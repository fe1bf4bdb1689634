# pROC's bootstrap interval of the AUROC alone; it has no precision-recall curve.
# Usage: bootstrap_proc.R <csv of score,label> <replicates>; prints milliseconds of the processor.
suppressMessages(library(pROC))
arguments <- commandArgs(TRUE)
rows <- read.csv(arguments[1], header = FALSE)
curve <- roc(rows$V2, rows$V1, levels = c(0, 1), direction = "<", quiet = TRUE)
set.seed(1)
took <- system.time(
  ci.auc(curve, method = "bootstrap", boot.n = as.integer(arguments[2]), progress = "none")
)
cat((took[["user.self"]] + took[["sys.self"]]) * 1000, "\n")
