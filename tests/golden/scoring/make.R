# Makes proc.json: what pROC and R's stats say of corpus.csv, which make.py has made.
#
# Debian 12: apt-get install r-base-core r-cran-proc; then Rscript make.R in this folder.
suppressMessages(library(pROC))

corpus <- read.csv("corpus.csv", colClasses = c("integer", "character", "character", "integer"))
corpus$a <- as.numeric(corpus$a)
corpus$b <- as.numeric(corpus$b)

number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "null")
array <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")
object <- function(...) {
  parts <- list(...)
  paste0("{", paste(sprintf('"%s": %s', names(parts), unlist(parts)), collapse = ", "), "}")
}
curve <- function(scores, label) {
  roc(label, scores, levels = c(0, 1), direction = "<", quiet = TRUE, algorithm = 2)
}

# pROC's variances need two samples of each class.
proc <- function(rows) {
  a <- curve(rows$a, rows$label)
  b <- curve(rows$b, rows$label)
  classes <- table(factor(rows$label, levels = c(0, 1)))
  if (min(classes) < 2) return(object(auroc_a = number(auc(a)), auroc_b = number(auc(b))))
  test <- roc.test(a, b, method = "delong", paired = TRUE)
  object(
    auroc_a = number(auc(a)), auroc_b = number(auc(b)),
    variance_a = number(var(a, method = "delong")),
    variance_b = number(var(b, method = "delong")),
    ci_a = array(as.numeric(ci.auc(a, method = "delong"))[c(1, 3)]),
    z = number(unname(test$statistic)), p = number(test$p.value)
  )
}

# Logistic recalibration; scores of 0 or 1 have no logit.
recalibrate <- function(rows) {
  if (any(rows$a <= 0 | rows$a >= 1)) return("null")
  logit <- qlogis(rows$a)
  tight <- glm.control(epsilon = 1e-15, maxit = 100)
  both <- summary(glm(rows$label ~ logit, family = binomial, control = tight))$coefficients
  held <- summary(glm(rows$label ~ offset(logit), family = binomial, control = tight))$coefficients
  object(
    intercept = array(both[1, 1:2]), slope = array(both[2, 1:2]), in_the_large = array(held[1, 1:2])
  )
}

cases <- lapply(split(corpus, corpus$case), function(rows) {
  object(proc = proc(rows), recalibration = recalibrate(rows))
})

shares <- list(c(0, 5), c(5, 5), c(1, 8), c(54, 60), c(591, 1380), c(3, 100000))
wilson <- sapply(shares, function(share) {
  limits <- suppressWarnings(prop.test(share[1], share[2], correct = FALSE)$conf.int)
  array(c(share, limits))
})
probabilities <- c(1e-300, 1e-20, 1e-6, 0.005, 0.025, 0.3, 0.5, 0.9, 0.975, 0.999999)
numbers <- c(-37, -8.3, -3, -2, -1.999, -0.5, 0, 0.7, 1.96, 4, 9)
p_values <- c(0.03, 0.01, 0.5, 0.02, 0.01, 1, 0.0004)

cat(object(
  versions = object(
    R = sprintf('"%s"', paste(R.version$major, R.version$minor, sep = ".")),
    pROC = sprintf('"%s"', packageVersion("pROC"))
  ),
  cases = paste0("[", paste(cases, collapse = ",\n"), "]"),
  wilson = paste0("[", paste(wilson, collapse = ", "), "]"),
  qnorm = array(c(rbind(probabilities, qnorm(probabilities)))),
  pnorm = array(c(rbind(numbers, pnorm(numbers)))),
  holm = paste0("[", array(p_values), ", ", array(p.adjust(p_values, "holm")), "]")
), "\n", file = "proc.json", sep = "")
